"""media (媒体文件): pictures and videos that staff upload, and who uses them. Knows nobody, not even what a product is.

Vocabulary: key (文件键: 128 random bits and the extension; the storage's key and the address), reference (引用:
``media:<key>``, what others store), variant (缩略图: the picture in a smaller size), use (引用方: "product:…" has a
file), unused (未被引用: swept after a grace time).
Upstream: nobody. Catalog and everybody with a picture say through the facade which files they use.
"""
