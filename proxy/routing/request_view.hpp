#pragma once

#include "proxy/base/ascii.hpp"
#include "proxy/base/field.hpp"

#include <span>
#include <string_view>

namespace millrace::routing {

/// What routing looks at in a request. Lifetime: views into the request's head, valid as long as
/// that. Thread: worker-local.
struct request_view {
    std::string_view method;
    std::string_view host;   ///< authority as sent: any case, maybe with a port, maybe empty
    std::string_view path;   ///< as sent, without query
    std::string_view query;  ///< as sent, without '?'
    std::span<const field> fields;
    std::string_view client_ip;  ///< text of the client's address; empty: unknown
    std::string_view trace_id;   ///< 32 hexadecimal digits if the gateway started the trace

    /// The first field of that name in any case, or null.
    [[nodiscard]] const field* first_field(std::string_view name) const noexcept {
        for (auto const& each : fields) {
            if (each.name.size() == name.size() && ascii::iequals(each.name, name)) {
                return &each;
            }
        }
        return nullptr;
    }
};

}  // namespace millrace::routing
