#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace millrace::admin {

/// Makes an Asio operation awaitable with its error code in a tuple instead of an exception.
///
///   auto [error, bytes] = co_await stream.async_read_some(buffer, nothrow);
inline constexpr auto nothrow = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace millrace::admin
