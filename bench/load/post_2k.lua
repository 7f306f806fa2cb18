-- W2: a scoring request of 2 KB.
wrk.method = "POST"
wrk.path = "/score"
wrk.headers["Content-Type"] = "application/json"
wrk.body = string.rep("x", 2048)
