#include "proxy/providers/jq_thread.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace millrace::providers {

namespace {

// How long the end of the process waits for an expression that was halted.
constexpr std::chrono::seconds end_patience{2};
// Distinct expressions are few; a reload may bring others.
constexpr std::size_t filters_max = 1'000;

}  // namespace

/// What the thread and its owner share; whoever ends last frees it.
struct jq_thread::shared {
    struct job {
        job_id id = 0;
        std::string expression;
        std::string json;
        done then;
    };

    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable ended;
    std::deque<job> waiting;
    job_id last_id = 0;
    job_id running = 0;
    jq_filter* filter = nullptr;  ///< that runs
    bool stopping = false;
    bool has_ended = false;

    // The jq thread's only.
    std::map<std::string, std::unique_ptr<jq_filter>> filters;

    void run() {
        std::unique_lock lock{mutex};
        while (true) {
            wake.wait(lock, [this] { return stopping || !waiting.empty(); });
            if (stopping) {
                break;
            }
            auto next = std::move(waiting.front());
            waiting.pop_front();
            running = next.id;
            lock.unlock();
            auto answer = answer_of(next);
            lock.lock();
            running = 0;
            bool const wanted = !stopping;
            lock.unlock();
            if (wanted) {
                next.then(std::move(answer));
            }
            lock.lock();
        }
        has_ended = true;
        ended.notify_all();
    }

    jq_answer answer_of(const job& asked) {
        auto found = filters.find(asked.expression);
        if (found == filters.end()) {
            auto made = jq_filter::compile(asked.expression);
            if (made.filter == nullptr) {
                return {.kind = jq_answer::kind::wrong, .value = 0, .detail = made.problem};
            }
            if (filters.size() >= filters_max) {
                filters.clear();
            }
            found = filters.emplace(asked.expression, std::move(made.filter)).first;
        }
        set_filter(found->second.get());
        auto answer = found->second->run(asked.json);
        set_filter(nullptr);
        return answer;
    }

    void set_filter(jq_filter* next) {
        std::lock_guard const lock{mutex};
        filter = next;
    }
};

jq_thread::jq_thread() : shared_{std::make_shared<shared>()} {
    std::thread{[shared = shared_] { shared->run(); }}.detach();
}

jq_thread::~jq_thread() {
    std::unique_lock lock{shared_->mutex};
    shared_->stopping = true;
    shared_->waiting.clear();
    shared_->wake.notify_all();
    if (shared_->filter != nullptr) {
        shared_->filter->halt();
    }
    shared_->ended.wait_for(lock, end_patience, [this] { return shared_->has_ended; });
}

jq_thread::job_id jq_thread::submit(std::string expression, std::string json, done then) {
    std::lock_guard const lock{shared_->mutex};
    auto const id = ++shared_->last_id;
    shared_->waiting.push_back({id, std::move(expression), std::move(json), std::move(then)});
    shared_->wake.notify_one();
    return id;
}

void jq_thread::halt(job_id job) {
    done waiting;
    {
        std::lock_guard const lock{shared_->mutex};
        if (shared_->running == job && shared_->filter != nullptr) {
            shared_->filter->halt();
        }
        auto& all = shared_->waiting;
        auto const found = std::find_if(all.begin(), all.end(), [job](const auto& each) {
            return each.id == job;
        });
        if (found != all.end()) {
            waiting = std::move(found->then);
            all.erase(found);
        }
    }
    if (waiting) {
        waiting({.kind = jq_answer::kind::halted, .value = 0, .detail = {}});
    }
}

}  // namespace millrace::providers
