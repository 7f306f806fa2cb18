#pragma once

#include "proxy/base/error.hpp"

#include <boost/system/result.hpp>

namespace millrace {

/// A value or an error code. Test it before use: Boost 1.81's `operator*` on an error is undefined.
template <class T>
using result = boost::system::result<T>;

}  // namespace millrace
