"""A stand-in for api.mch.weixin.qq.com and api.weixin.qq.com: a process with its own books and real cryptography.

`python -m kit.wechat.simulator --port 0 --keys DIR` starts it; `client.py` drives it. It never runs in production.
"""
