#pragma once

#include "proxy/admin/message.hpp"
#include "proxy/admin/token_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::admin {

/// Somebody asked for a change, and what came of it. A value.
struct audit_entry {
    std::int64_t id = 0;  ///< rising; given by who keeps it
    std::string time;     ///< RFC 3339
    std::string who;      ///< the token's name; empty: none was right
    std::string role;     ///< "read", "operate", or empty
    std::string said;     ///< who they say they are
    std::string why;      ///< as they say
    std::string action;   ///< "POST /api/v1/rollouts/risk/promote"
    std::string from;     ///< the peer's address
    unsigned status = 0;  ///< of the answer
    std::string outcome;  ///< "done", or the reason of the refusal
};

[[nodiscard]] std::string name_of(role of);

/// The record of a request for a change. Texts are cut to what a record may hold.
[[nodiscard]] audit_entry audit_of(
    const request& asked, const std::optional<identity>& who, const answer& given
);

namespace rendering {

[[nodiscard]] std::string audit(const std::vector<audit_entry>& all);

}  // namespace rendering

}  // namespace millrace::admin
