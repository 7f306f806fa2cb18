#pragma once

#include "proxy/routing/matcher.hpp"
#include "proxy/routing/regex.hpp"
#include "proxy/routing/request_view.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millrace::routing {

/// Finds the first route that takes a request without asking all: by host, then by exact path, by
/// the prefixes that end where a segment ends, and only if a lower place is still to be had by
/// expressions, all of a host in one pass. A few routes are simply asked in order.
///
/// Lifetime: a movable value. Thread: immutable once made, any. No allocation but RE2's own and
/// its answer.
class route_index {
 public:
    /// Up to this many routes are asked one by one: no slower than the hashes.
    static constexpr std::size_t linear_max = 4;

    /// All errors go to `errors`, each with the route's name; if there are any, the index is not
    /// to be used.
    route_index(std::span<const route_params> routes, std::vector<std::string>& errors);

    /// The lowest place of a route that takes the request.
    [[nodiscard]] std::optional<std::uint32_t> find(const request_view& request) const;

    /// The same by asking each route in order: what find() must agree with.
    [[nodiscard]] std::optional<std::uint32_t> find_linear(const request_view& request) const;

 private:
    struct text_hash {
        using is_transparent = void;

        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };

    template <class T>
    using text_map = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;
    using places = std::vector<std::uint32_t>;  // of routes, rising

    struct host_group {
        places any_path;
        text_map<places> exact;
        text_map<places> prefixes;         // without the slash at the end
        std::vector<bool> prefix_lengths;  // [n]: there is a prefix of n characters
        places expression_routes;
        std::vector<std::string> expressions;
        std::optional<regex_set> set;
    };

    struct search;

    host_group& group_of(const std::string& host);
    void add(std::uint32_t place, const match_params& match);
    void look_by_host(search& state) const;
    static void look_in(const host_group& group, search& state);
    static void look_for_prefixes(const host_group& group, search& state);
    static void look_for_expressions(const host_group& group, search& state);

    std::vector<matcher> matchers_;
    host_group any_host_;
    text_map<host_group> hosts_;
    text_map<host_group> subdomains_;  // by ".example.com"
};

}  // namespace millrace::routing
