"""user (用户): customers and staff, their roles and permissions, sessions and addresses.

Vocabulary: customer (会员/顾客), identity (第三方身份: provider, appid, openid), staff (员工), role (角色),
permission (权限), administrator (超级管理员: the built-in role that holds every permission), session (登录会话: one
login and all its tokens), refresh token (刷新令牌, single use), address (收货地址; one is the default, 默认地址),
block (拉黑), lock-out (锁定登录).
Upstream: nobody. The application wires its `SubjectSource` into the guards of every route; order asks for addresses and
names of customers, payment for the openid of a payer.
"""
