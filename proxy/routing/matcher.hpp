#pragma once

#include "proxy/routing/params.hpp"
#include "proxy/routing/regex.hpp"
#include "proxy/routing/request_view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::routing {

/// The host of an authority, without its port; brackets of an address stay.
[[nodiscard]] std::string_view bare_host(std::string_view authority) noexcept;

/// The conditions of one route, ready to be asked. Lifetime: a movable value. Thread: immutable,
/// any.
///
///   if (matcher->matches(request)) …
class matcher {
 public:
    /// Nothing when an expression does not compile; then `errors` has one more line for each.
    [[nodiscard]] static std::optional<matcher> compile(
        const match_params& params, std::vector<std::string>& errors
    );

    /// All conditions hold.
    [[nodiscard]] bool matches(const request_view& request) const;

    /// @param host  without port, any case
    [[nodiscard]] bool host_matches(std::string_view host) const noexcept;

    [[nodiscard]] bool path_matches(std::string_view path) const;

    /// Method, header fields and query parameters.
    [[nodiscard]] bool rest_matches(const request_view& request) const;

    [[nodiscard]] match_params::path_kind path_kind() const noexcept { return path_kind_; }

 private:
    struct value_condition {
        value_match match;
        std::optional<regex> expression;
    };

    matcher() = default;

    [[nodiscard]] static std::vector<value_condition> compile_values(
        const std::vector<value_match>& matches, const char* what, std::vector<std::string>& errors
    );

    [[nodiscard]] static bool field_matches(
        const value_condition& condition, const request_view& request
    );

    [[nodiscard]] static bool parameter_matches(
        const value_condition& condition, std::string_view query
    );

    match_params::path_kind path_kind_ = match_params::path_kind::any;
    std::string path_;
    std::optional<regex> path_expression_;
    std::string host_;  // lower case; with the leading dot and without '*' when any_subdomain_
    bool any_subdomain_ = false;
    std::vector<std::string> methods_;
    std::vector<value_condition> headers_;
    std::vector<value_condition> query_;
};

}  // namespace millrace::routing
