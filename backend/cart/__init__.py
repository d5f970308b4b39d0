"""cart (购物车): what a customer means to buy. Promises nothing: price and stock are looked up each time it is shown.

Vocabulary: line (购物车行), price when added (加入价), marks (price changed 变价, sold out 售罄, off sale 下架).
Upstream: catalog for what is sold at which price, inventory for what is left. order takes ordered lines out.
"""
