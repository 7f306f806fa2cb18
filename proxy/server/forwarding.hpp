#pragma once

#include "proxy/http/head.hpp"
#include "proxy/routing/params.hpp"
#include "proxy/server/worker_context.hpp"

#include <optional>
#include <span>
#include <string_view>

/// What becomes of a head between downstream and upstream: pure but for the worker's memory.
namespace millrace::server {

/// Applies remove, set and add, in this order. Views into `edits` stay in `fields`.
void apply_edits(std::vector<field>& fields, const routing::header_edits& edits);

/// The protocol of an Upgrade field that the route lets through, or empty. h2c never is one: the
/// gateway would no longer see what passes.
[[nodiscard]] std::string_view allowed_upgrade(
    std::string_view asked, std::span<const std::string> allowed
) noexcept;

/// What a request becomes on its way up.
struct forwarding {
    const http::request_head& request;
    const client_info& client;
    const routing::route& route;
    const routing::backend_params& backend;
    std::string_view authority;   ///< of the chosen endpoint
    std::string_view request_id;  ///< empty: none is sent
};

/// Fills context.upstream_request: ids, forwarding fields, mapped target, Host, edits. The views
/// last until the next suspension.
void make_upstream_request(worker_context& context, const forwarding& from);

}  // namespace millrace::server
