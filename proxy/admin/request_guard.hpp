#pragma once

#include "proxy/admin/message.hpp"
#include "proxy/admin/params.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Who may ask what: pure decisions on a request's fields. Browsers reach loopback too, so a page
/// from anywhere could try; a foreign Host (DNS rebinding) and any Origin give it away.
namespace millrace::admin {

/// Which Host a request may name. Lifetime: a value.
struct host_policy {
    bool any = false;              ///< a Unix socket: no browser gets there
    bool beyond_loopback = false;  ///< the listener can be reached from other machines
    std::string own_address;       ///< that the listener is bound to
};

[[nodiscard]] host_policy host_policy_of(const params& params);

/// Is `address` one that only this machine can reach? Names but "localhost" are not.
[[nodiscard]] bool is_loopback(std::string_view address);

/// May a request name `host` (with or without a port)? Loopback addresses, "localhost" and the
/// listener's own address always; beyond loopback also any address and names of one label, which
/// nobody on the internet can own.
[[nodiscard]] bool host_allowed(std::string_view host, const host_policy& policy);

/// Refuses a browser: 400 without exactly one Host, 421 for a foreign one, 403 for any Origin.
[[nodiscard]] std::optional<answer> refuse_foreign(const request& asked, const host_policy& policy);

/// The token of the only "Authorization: Bearer TOKEN"; empty when there is none, or several.
[[nodiscard]] std::string_view bearer_token(const request& asked);

/// The answer (401) to a request without a token that is known.
[[nodiscard]] answer unauthorized_answer();

/// Refuses (415) a change whose Content-Type is not application/json: no form can send that.
[[nodiscard]] std::optional<answer> refuse_media_type(const request& asked);

/// Are they equal? Takes as long whatever the first difference is; the length may show.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace millrace::admin
