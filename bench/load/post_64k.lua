-- W3: a large request of 64 KB; the stub answers with as much.
wrk.method = "POST"
wrk.path = "/large"
wrk.headers["Content-Type"] = "application/json"
wrk.body = string.rep("x", 65536)
