#pragma once

#include "proxy/admin/message.hpp"
#include "proxy/base/siphash.hpp"
#include "proxy/feedback/intake.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What POST /feedback answers: pure decisions on a request's fields, and the bodies.
namespace millrace::app {

/// Why a call is refused as a whole; by these names in `millrace_feedback_refused_total`.
enum class feedback_refusal : std::uint8_t {
    none,
    unauthorized,            ///< 401
    unsupported_media_type,  ///< 415
    bad_body,                ///< 400
    too_many_labels          ///< 429
};

inline constexpr std::size_t feedback_refusals = 5;

[[nodiscard]] std::string_view name_of(feedback_refusal of) noexcept;

[[nodiscard]] admin::answer refusal_answer(feedback_refusal why, std::string_view detail);

/// Exactly one "Authorization: Bearer" with the token that the key was derived from; compared in
/// constant time.
[[nodiscard]] bool is_authorized(const admin::request& asked, siphash_key token);

enum class feedback_format : std::uint8_t { json, lines, unsupported };

/// application/json, or application/x-ndjson (also application/jsonl): one object a line.
[[nodiscard]] feedback_format format_of(std::string_view content_type);

/// 200, or 503 when something could not be recorded:
/// {"counts":{"accepted":1,…},"results":[{"result":"accepted"},{"result":"late"},…]}
[[nodiscard]] admin::answer feedback_answer(const feedback::judged& found);

}  // namespace millrace::app
