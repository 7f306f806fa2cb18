#pragma once

#include "proxy/config/document.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace millrace::config {

/// The way from the document's root to a value: keys and indexes. A value type, any thread.
class key_path {
 public:
    using step = std::variant<std::string, std::size_t>;

    key_path() = default;

    key_path(std::initializer_list<step> steps) : steps_{steps} {}

    void push(step next) { steps_.push_back(std::move(next)); }

    void pop() { steps_.pop_back(); }

    /// "routes[0].match.headers.x-user"; a key with other characters stands in quotes.
    [[nodiscard]] std::string text() const;

    /// Where the value stands, or the deepest one above it that is there.
    [[nodiscard]] position locate(const node& root) const;

 private:
    std::vector<step> steps_;
};

}  // namespace millrace::config
