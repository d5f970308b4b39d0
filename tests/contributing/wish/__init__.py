"""wish (心愿单): what a customer would like to have one day.

Vocabulary: wish (心愿). Upstream: catalog for what is sold, order for what was received.
"""
