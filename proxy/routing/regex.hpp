#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace re2 {
class RE2;
}

namespace millrace::routing {

/// One RE2 expression, matched byte by byte against a whole text, in time linear in its length.
/// Lifetime: a movable value. Thread: immutable, any.
class regex {
 public:
    /// Nothing when it does not compile; then `error` says why.
    [[nodiscard]] static std::optional<regex> compile(
        std::string_view expression, std::string& error
    );

    [[nodiscard]] bool matches(std::string_view text) const;

 private:
    struct deleter {
        void operator()(const re2::RE2* owned) const noexcept;
    };

    explicit regex(std::unique_ptr<const re2::RE2, deleter> compiled)
        : compiled_(std::move(compiled)) {}

    std::unique_ptr<const re2::RE2, deleter> compiled_;
};

/// Many expressions, matched in one pass. Lifetime: a movable value. Thread: immutable once made,
/// any.
class regex_set {
 public:
    /// @param expressions  each compiles by itself; all together may still be too large: nothing
    [[nodiscard]] static std::optional<regex_set> compile(
        const std::vector<std::string>& expressions
    );

    /// The places of all expressions that match the whole text, rising. Nothing when RE2 ran out of
    /// its memory limit: then ask them one by one.
    [[nodiscard]] std::optional<std::vector<int>> matching(std::string_view text) const;

 private:
    // RE2::Set is a nested class, so it cannot be declared without its header.
    struct compiled_set;

    struct deleter {
        void operator()(const compiled_set* owned) const noexcept;
    };

    explicit regex_set(std::unique_ptr<const compiled_set, deleter> compiled)
        : compiled_(std::move(compiled)) {}

    std::unique_ptr<const compiled_set, deleter> compiled_;
};

}  // namespace millrace::routing
