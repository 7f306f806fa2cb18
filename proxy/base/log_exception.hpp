#pragma once

#include "proxy/base/log.hpp"

#include <exception>

namespace millrace::log {

/// The one place where what a coroutine throws ends: said in the log, and it costs nothing else.
/// Completion handler of a spawned coroutine. Thread: any.
struct log_exception {
    const char* whose;  ///< "webhooks": the beginning of the line

    void operator()(const std::exception_ptr& thrown) const noexcept {
        if (!thrown) {
            return;
        }
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& failure) {
            error("{}: {}", whose, failure.what());
        }
    }
};

}  // namespace millrace::log
