"""Long work in the background (后台任务), whatever it is about: contexts register kinds (ADR 0016).

Vocabulary: job (任务), kind (任务种类), owner (who asked), run (one try of a job by a worker), lease (how long a
run may be silent), slot (the one place where a job runs, so that long work never crowds events out of the workers),
checkpoint (how far a job has come that continues instead of beginning anew).
"""
