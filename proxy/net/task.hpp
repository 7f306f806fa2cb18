#pragma once

#include "proxy/base/assert.hpp"
#include "proxy/net/frame_pool.hpp"

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace millrace::net {

template <class T>
class task;

namespace detail {

/// Goes on with whoever waits for the coroutine that just ended, if anybody does yet.
struct resume_continuation {
    [[nodiscard]] bool await_ready() const noexcept { return false; }

    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
        auto const next = ended.promise().continuation;
        return next ? next : std::noop_coroutine();
    }

    void await_resume() const noexcept {}
};

struct promise_base {
    std::coroutine_handle<> continuation;
    std::exception_ptr exception;

    static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }

    static void operator delete(void* frame, std::size_t bytes) noexcept {
        free_frame(frame, bytes);
    }

    [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }

    [[nodiscard]] resume_continuation final_suspend() const noexcept { return {}; }

    void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct task_promise : promise_base {
    std::optional<T> value;

    task<T> get_return_object() noexcept;

    void return_value(T result) { value.emplace(std::move(result)); }
};

template <>
struct task_promise<void> : promise_base {
    task<void> get_return_object() noexcept;

    void return_void() const noexcept {}
};

}  // namespace detail

/// A coroutine of a worker. It runs at once, on the caller's stack, to its first suspension, so one
/// that never suspends costs no switch, and one that is kept in a variable runs beside its maker
/// until `co_await` joins it. A ready value converts to a task without a frame.
///
/// Lifetime: must be awaited before it is destroyed (asserted). Thread: the worker's.
///
///   auto upload = pump_request(exchange);      // goes on by itself
///   auto head = co_await upstream.read_head();
///   co_await upload;
template <class T = void>
class [[nodiscard]] task {
 public:
    using promise_type = detail::task_promise<T>;

    // Implicit for `return value;` of a function without suspension.
    // NOLINTNEXTLINE(google-explicit-constructor)
    task(T ready) : ready_{std::move(ready)} {}

    explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_{frame} {}

    task(task&& other) noexcept
        : frame_{std::exchange(other.frame_, nullptr)}, ready_{std::move(other.ready_)} {}

    task(const task&) = delete;
    task& operator=(const task&) = delete;
    task& operator=(task&&) = delete;

    ~task() {
        if (frame_) {
            MILLRACE_ASSERT(frame_.done());
            frame_.destroy();
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return !frame_ || frame_.done(); }

    void await_suspend(std::coroutine_handle<> waiting) noexcept {
        frame_.promise().continuation = waiting;
    }

    T await_resume() {
        if (!frame_) {
            return std::move(*ready_);
        }
        if (frame_.promise().exception) {
            std::rethrow_exception(frame_.promise().exception);
        }
        return std::move(*frame_.promise().value);
    }

 private:
    std::coroutine_handle<promise_type> frame_;
    std::optional<T> ready_;
};

template <>
class [[nodiscard]] task<void> {
 public:
    using promise_type = detail::task_promise<void>;

    /// Already done.
    task() noexcept = default;

    explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_{frame} {}

    task(task&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}

    task(const task&) = delete;
    task& operator=(const task&) = delete;
    task& operator=(task&&) = delete;

    ~task() {
        if (frame_) {
            MILLRACE_ASSERT(frame_.done());
            frame_.destroy();
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return !frame_ || frame_.done(); }

    void await_suspend(std::coroutine_handle<> waiting) noexcept {
        frame_.promise().continuation = waiting;
    }

    void await_resume() {
        if (frame_ && frame_.promise().exception) {
            std::rethrow_exception(frame_.promise().exception);
        }
    }

 private:
    std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
    return task<T>{std::coroutine_handle<task_promise>::from_promise(*this)};
}

inline task<void> task_promise<void>::get_return_object() noexcept {
    return task<void>{std::coroutine_handle<task_promise>::from_promise(*this)};
}

}  // namespace detail

namespace detail {

template <class Next, class First, class Rest>
Next join(task<First> first, Rest rest) {
    if constexpr (std::is_void_v<First>) {
        co_await std::move(first);
        co_return co_await rest();
    } else {
        co_return co_await rest(co_await std::move(first));
    }
}

}  // namespace detail

/// `rest(result of first)`, without a frame when `first` is done already: what most writes are.
/// @param rest  gives a task; what it refers to must live until the returned task is done
///
///   return net::then(stream.write_head(head), [this](errc failure) { return begin_body(failure);
///   });
template <class First, class Rest>
auto then(task<First> first, Rest rest) -> std::invoke_result_t<Rest, First> {
    if (first.await_ready()) {
        return rest(first.await_resume());
    }
    return detail::join<std::invoke_result_t<Rest, First>>(std::move(first), std::move(rest));
}

template <class Rest>
auto then(task<void> first, Rest rest) -> std::invoke_result_t<Rest> {
    if (first.await_ready()) {
        first.await_resume();
        return rest();
    }
    return detail::join<std::invoke_result_t<Rest>>(std::move(first), std::move(rest));
}

/// A coroutine that nobody awaits and that frees itself: the outermost one of a connection. It must
/// catch everything itself; what escapes ends the process. Count it in a task_group.
struct detached {
    struct promise_type {
        static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }

        static void operator delete(void* frame, std::size_t bytes) noexcept {
            free_frame(frame, bytes);
        }

        [[nodiscard]] detached get_return_object() const noexcept { return {}; }

        [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }

        [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }

        void return_void() const noexcept {}

        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace millrace::net
