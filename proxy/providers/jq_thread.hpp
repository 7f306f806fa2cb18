#pragma once

#include "proxy/providers/jq_filter.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millrace::providers {

/// The one thread that runs expressions of jq, so that one that never ends holds up nothing but
/// other expressions. Compiled expressions are kept. Lifetime: the poller's; its end halts what
/// runs, and leaves a thread that does not stop (a function of libjq's own in C) to itself.
///
///   auto const job = thread.submit(expression, body, [](jq_answer) { … });
///   thread.halt(job);
class jq_thread {
 public:
    using job_id = std::uint64_t;
    /// Called once: on the jq thread, or by halt() of a job that was still waiting; not at all when
    /// the thread ends before.
    using done = std::function<void(jq_answer)>;

    jq_thread();
    ~jq_thread();
    jq_thread(const jq_thread&) = delete;
    jq_thread& operator=(const jq_thread&) = delete;

    /// Any thread.
    job_id submit(std::string expression, std::string json, done then);

    /// Takes the job off the queue, or ends it if it runs: it is answered with halted. Any thread.
    void halt(job_id job);

 private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

}  // namespace millrace::providers
