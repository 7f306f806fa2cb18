#pragma once

#include "proxy/base/field.hpp"

#include <string_view>

namespace millrace::http {

/// Which of the known fields a name is, in any case of letters. The name must be a token.
[[nodiscard]] field_id field_id_of(std::string_view name) noexcept;

/// Fields that mean something to this connection only and never pass a gateway (RFC 9110 7.6.1).
[[nodiscard]] bool is_connection_specific(field_id id) noexcept;

/// Fields that must not come in a trailer section: framing, routing, credentials and what was
/// already acted upon (RFC 9110 6.5.1).
[[nodiscard]] bool is_forbidden_in_trailers(field_id id) noexcept;

/// The same for a field by name: what decides how the content, the answer or the request is to be
/// taken must be known before the content.
[[nodiscard]] bool is_forbidden_in_trailers(const field& trailer) noexcept;

/// Fields that a Connection field must not make us drop: who sends them there attacks.
[[nodiscard]] bool is_protected_from_connection(field_id id) noexcept;

}  // namespace millrace::http
