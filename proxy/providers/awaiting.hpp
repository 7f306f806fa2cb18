#pragma once

#include "proxy/base/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace millrace::providers {

/// Makes an Asio operation awaitable with its error code in a tuple instead of an exception.
inline constexpr auto nothrow = boost::asio::as_tuple(boost::asio::use_awaitable);

/// A value that somebody brings, or not in time: for what cannot be cancelled (a look-up of a name,
/// an expression). Held by both sides. Thread: of its executor, but for bring().
template <class T>
class awaited {
 public:
    explicit awaited(boost::asio::any_io_executor executor) : timer_{std::move(executor)} {}

    /// Any thread; the value goes to the executor.
    static void bring(const std::shared_ptr<awaited>& to, T value) {
        boost::asio::post(to->timer_.get_executor(), [to, value = std::move(value)]() mutable {
            to->value_ = std::move(value);
            to->timer_.cancel();
        });
    }

    /// The value, or nothing at the deadline.
    static boost::asio::awaitable<std::optional<T>> wait(
        std::shared_ptr<awaited> from, time_point deadline
    ) {
        if (!from->value_) {
            from->timer_.expires_at(deadline);
            co_await from->timer_.async_wait(nothrow);
        }
        co_return std::move(from->value_);
    }

 private:
    boost::asio::steady_timer timer_;
    std::optional<T> value_;
};

}  // namespace millrace::providers
