"""WeChat Pay v3: signing, verifying, and the calls we use. Speaks WeChat's words; contexts translate in a gateway."""
