#pragma once

#include "proxy/http/head.hpp"

#include <memory>
#include <string_view>

namespace millrace::http {

/// A request's head and the first part of its body with all views into memory of its own: for what
/// must outlive a suspension, such as a request that waits for a connection or may be sent again.
/// A value; worker-local.
class pinned_request {
 public:
    pinned_request(const request_head& head, std::string_view first);

    [[nodiscard]] const request_head& head() const noexcept { return head_; }

    [[nodiscard]] std::string_view first() const noexcept { return first_; }

 private:
    std::unique_ptr<char[]> memory_;
    request_head head_;
    std::string_view first_;
};

}  // namespace millrace::http
