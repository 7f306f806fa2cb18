#include "proxy/server/forwarding.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/routing/affinity.hpp"
#include "proxy/routing/path.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

namespace millrace::server {

namespace {

/// The pieces one after the other, in the worker's memory.
std::string_view join(arena& values, std::initializer_list<std::string_view> pieces) {
    std::size_t bytes = 0;
    for (auto const piece : pieces) {
        bytes += piece.size();
    }
    auto* const begin = values.allocate(bytes);
    auto* at = begin;
    for (auto const piece : pieces) {
        at = std::copy(piece.begin(), piece.end(), at);
    }
    return {begin, bytes};
}

bool is_forwarding_field(field_id id) noexcept {
    return id == field_id::x_forwarded_for || id == field_id::x_forwarded_host ||
           id == field_id::x_forwarded_proto || id == field_id::forwarded;
}

/// What copy_fields took out because it is sent on in another form.
struct taken_fields {
    std::string_view x_forwarded_for;
    bool has_host = false;
    bool has_proto = false;
    bool has_trace = false;
};

/// A Max-Forwards of OPTIONS counts the hops (RFC 9110 7.6.2); elsewhere it is just a field.
std::string_view next_max_forwards(std::string_view value, arena& values) {
    auto const hops = ascii::parse_decimal(value);
    if (!hops || *hops == 0) {
        return value;
    }
    std::array<char, 20> text{};
    auto const* const end = std::to_chars(text.data(), text.data() + text.size(), *hops - 1).ptr;
    return values.copy({text.data(), end});
}

/// True for what the gateway says itself.
bool is_replaced(field_id id, const worker_context& context) noexcept {
    return id == field_id::x_millrace_id || id == field_id::x_millrace_version ||
           (id == field_id::x_request_id && context.ids->params.request_id);
}

/// True when the field passes; what is sent on in another form is noted.
bool passes_forwarding_field(
    const field& seen, const forwarding& from, arena& values, taken_fields& taken
) {
    if (!from.client.is_trusted_proxy) {
        return false;
    }
    if (seen.id == field_id::x_forwarded_for) {
        auto& all = taken.x_forwarded_for;
        all = all.empty() ? seen.value : join(values, {all, ", ", seen.value});
        return false;
    }
    taken.has_host = taken.has_host || seen.id == field_id::x_forwarded_host;
    taken.has_proto = taken.has_proto || seen.id == field_id::x_forwarded_proto;
    return true;
}

/// The first one that is well-formed passes.
bool passes_trace(const field& seen, taken_fields& taken) noexcept {
    if (taken.has_trace || routing::trace_id_of(seen.value).empty()) {
        return false;
    }
    taken.has_trace = true;
    return true;
}

/// Copies what passes as it is.
taken_fields copy_fields(worker_context& context, const forwarding& from) {
    taken_fields taken;
    auto& out = context.upstream_request.fields;
    for (auto const& field : from.request.fields) {
        if (field.id == field_id::other) {
            out.push_back(field);
            continue;
        }
        if (is_replaced(field.id, context) ||
            (is_forwarding_field(field.id) &&
             !passes_forwarding_field(field, from, context.values, taken)) ||
            (field.id == field_id::traceparent && !passes_trace(field, taken))) {
            continue;
        }
        out.push_back(field);
        if (field.id == field_id::max_forwards && from.request.method == http::method::options) {
            out.back().value = next_max_forwards(field.value, context.values);
        }
    }
    return taken;
}

void add_x_forwarded(worker_context& context, const forwarding& from, const taken_fields& taken) {
    auto& out = context.upstream_request.fields;
    std::string_view const ip = from.client.ip;
    auto const& earlier = taken.x_forwarded_for;
    out.push_back(
        {"X-Forwarded-For", earlier.empty() ? ip : join(context.values, {earlier, ", ", ip})}
    );
    if (!taken.has_proto) {
        out.push_back({"X-Forwarded-Proto", "http"});
    }
    if (!taken.has_host && !from.request.authority.empty()) {
        out.push_back({"X-Forwarded-Host", from.request.authority});
    }
}

/// RFC 7239 4; an IPv6 address stands in brackets and quotes (6).
std::string_view forwarded_element(worker_context& context, const forwarding& from) {
    std::string_view const ip = from.client.ip;
    bool const is_v6 = ip.find(':') != std::string_view::npos;
    return join(
        context.values,
        {"for=",
         is_v6 ? "\"[" : "",
         ip,
         is_v6 ? "]\"" : "",
         ";proto=http;host=\"",
         from.request.authority,
         "\""}
    );
}

void add_forwarding_fields(
    worker_context& context, const forwarding& from, const taken_fields& taken
) {
    auto& out = context.upstream_request.fields;
    auto const& params = from.client.listener->params.forwarding;
    if (params.x_forwarded) {
        add_x_forwarded(context, from, taken);
    } else if (!taken.x_forwarded_for.empty()) {
        out.push_back({"X-Forwarded-For", taken.x_forwarded_for});
    }
    if (params.forwarded) {
        out.push_back({"Forwarded", forwarded_element(context, from)});
    }
    if (params.via) {
        out.push_back({"Via", from.request.is_http10 ? "1.0 millrace" : "1.1 millrace"});
    }
}

void add_ids(worker_context& context, const forwarding& from, bool has_trace) {
    auto& out = context.upstream_request.fields;
    if (!from.request_id.empty()) {
        out.push_back({"x-request-id", from.request_id});
    }
    if (!has_trace && context.ids->params.trace_context) {
        // A state without a parent that we passed on belongs to nobody.
        std::erase_if(out, [](const field& each) { return each.id == field_id::tracestate; });
        auto* const value = context.values.allocate(traceparent_bytes);
        write_traceparent(value, context.coins);
        out.push_back({"traceparent", {value, traceparent_bytes}});
    }
}

std::string_view mapped_target(worker_context& context, const forwarding& from) {
    auto const& match = from.route.params->match;
    auto const& backend = from.backend;
    bool const exact = match.path == routing::match_params::path_kind::exact;
    if (backend.url_query.empty() &&
        (backend.url_path.empty() || (backend.url_path == "/" && !exact))) {
        return from.request.target;
    }
    context.target.clear();
    routing::map_target(
        context.target,
        {.match = match.path,
         .match_value = match.path_value,
         .path = from.request.path,
         .query = from.request.has_query ? std::optional{from.request.query} : std::nullopt,
         .url_path = backend.url_path,
         .url_query = backend.url_query}
    );
    return context.target;
}

}  // namespace

void apply_edits(std::vector<field>& fields, const routing::header_edits& edits) {
    auto const drop = [&fields](std::string_view name) {
        std::erase_if(fields, [name](const field& candidate) {
            return ascii::iequals(candidate.name, name);
        });
    };
    for (auto const& name : edits.remove) {
        drop(name);
    }
    for (auto const& [name, value] : edits.set) {
        drop(name);
        fields.push_back({name, value});
    }
    for (auto const& [name, value] : edits.add) {
        fields.push_back({name, value});
    }
}

std::string_view allowed_upgrade(
    std::string_view asked, std::span<const std::string> allowed
) noexcept {
    std::string_view chosen;
    ascii::for_each_element(asked, [&](std::string_view protocol) {
        bool const listed =
            !ascii::iequals(protocol, "h2c") &&
            std::any_of(allowed.begin(), allowed.end(), [protocol](const std::string& each) {
                return ascii::iequals(each, protocol);
            });
        if (listed) {
            chosen = protocol;
        }
        return !listed;
    });
    return chosen;
}

void make_upstream_request(worker_context& context, const forwarding& from) {
    auto& out = context.upstream_request;
    out.fields.clear();
    out.method = from.request.method;
    out.method_name = from.request.method_name;
    out.target = mapped_target(context, from);
    out.body = from.request.body;
    out.expects_continue = from.request.expects_continue;
    out.upgrade = allowed_upgrade(from.request.upgrade, from.route.params->upgrades);
    out.authority = from.backend.preserve_host && !from.request.authority.empty()
                        ? from.request.authority
                        : from.authority;
    auto const taken = copy_fields(context, from);
    add_forwarding_fields(context, from, taken);
    add_ids(context, from, taken.has_trace);
    if (!from.backend.request_headers.empty()) {
        apply_edits(out.fields, from.backend.request_headers);
    }
    if (!from.route.params->request_headers.empty()) {
        apply_edits(out.fields, from.route.params->request_headers);
    }
}

}  // namespace millrace::server
