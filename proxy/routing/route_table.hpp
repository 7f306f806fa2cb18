#pragma once

#include "proxy/base/siphash.hpp"
#include "proxy/routing/affinity.hpp"
#include "proxy/routing/params.hpp"
#include "proxy/routing/request_view.hpp"
#include "proxy/routing/route_state.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::routing {

/// Which version a request or unit was given, and how probable that was: evidence goes by this.
struct assignment {
    std::uint16_t ref = 0;        ///< place in the route's backend_refs
    std::uint32_t mass = 0;       ///< probability in units of 2^-16, 1 to 65536
    std::uint32_t epoch = 0;      ///< of the route's weights
    std::uint64_t unit_hash = 0;  ///< whose upper 16 bits are the point; a draw when no unit was
};

/// A name as a number that fits into ids: the same in every process, for the same name.
[[nodiscard]] std::uint32_t name_id_of(std::string_view name) noexcept;

/// One route of a table, ready for requests. Lifetime and thread: the table's.
struct route {
    const route_params* params = nullptr;
    std::uint32_t index = 0;  ///< place in the file
    std::uint32_t name_id = 0;
    route_state state;
    std::span<const std::uint16_t> backends;     ///< per ref: place in route_table::backends()
    std::span<const std::uint32_t> version_ids;  ///< per ref: name_id_of the backend

    /// The version that holds the hash's point; nothing when all weights are 0.
    ///
    /// @param unit_hash  of the unit, or 64 random bits when the request has none
    [[nodiscard]] std::optional<assignment> assign(std::uint64_t unit_hash) const noexcept {
        auto const choice = state.split.pick(point_of(unit_hash));
        if (!choice) {
            return std::nullopt;
        }
        return assignment{choice->version, choice->mass, state.epoch, unit_hash};
    }
};

/// Everything that routing knows, as one value: matching, backends and splits together, so that no
/// request meets half a change. Lifetime: held by shared_ptr; routes and backends live as long as
/// the table. Thread: immutable, any.
///
///   auto const* route = table->match(request);  auto const chosen = route->assign(hash);
class route_table {
    struct rules;

    struct passkey {
        explicit passkey() = default;
    };

 public:
    struct compiled {
        std::shared_ptr<const route_table> table;  ///< null if and only if there are errors
        std::vector<std::string> errors;           ///< all at once, each with the route's name
    };

    /// @param states  of the routes by name, in any order; a route without one starts with the
    ///                file's weights. Their refs must name the same backends as the file's, in its
    ///                order: see reconcile().
    [[nodiscard]] static compiled compile(table_params params, std::vector<route_state> states);

    /// The same routes with the states given for some or all of them; matchers and backends are
    /// shared, nothing is compiled. Asserts that each state is of a route here and fits it.
    [[nodiscard]] std::shared_ptr<const route_table> with_states(std::vector<route_state> states
    ) const;

    /// True when some match is a regular expression. RE2 guards its cache by a lock that every
    /// match writes to: workers that share such a table share that cache line.
    [[nodiscard]] bool uses_expressions() const noexcept;

    /// The same table with expressions of its own, for one worker. Compiles them anew.
    [[nodiscard]] std::shared_ptr<const route_table> copy() const;

    /// True for tables that with_states() made from each other.
    [[nodiscard]] bool shares_rules_with(const route_table& other) const noexcept {
        return rules_ == other.rules_;
    }

    /// The first route in the file's order that takes the request, or null.
    [[nodiscard]] const route* match(const request_view& request) const;

    /// By name, or null.
    [[nodiscard]] const route* find(std::string_view name) const noexcept;

    [[nodiscard]] std::span<const route> routes() const noexcept { return routes_; }

    /// The state of every route, in the file's order.
    [[nodiscard]] std::vector<route_state> states() const;

    /// In the file's order: a backend's place is its id within this table.
    [[nodiscard]] std::span<const backend_params> backends() const noexcept;

    [[nodiscard]] siphash_key affinity_key() const noexcept;

    /// The key of issue_cookie() and cookie_unit_of().
    [[nodiscard]] siphash_key cookie_key() const noexcept;

    route_table(passkey, std::shared_ptr<const rules> shared, std::vector<route> routes);

 private:
    std::shared_ptr<const rules> rules_;
    std::vector<route> routes_;
};

}  // namespace millrace::routing
