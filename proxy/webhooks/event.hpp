#pragma once

#include "proxy/webhooks/params.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::webhooks {

/// Something that happened, once, whoever is told of it. A value.
struct event {
    std::string id;  ///< the same in every attempt and after a restart; no '.' in it
    event_kind kind = event_kind::started;
    std::string time;     ///< when it happened, RFC 3339
    std::string route;    ///< empty: it is about the gateway
    std::string version;  ///< the backend that it leaves in charge, or that it is about
    std::string data;     ///< a JSON object

    friend bool operator==(const event&, const event&) = default;
};

/// An id that nobody can guess: "evt_" and 16 random bytes in base64url.
[[nodiscard]] std::string new_event_id();

/// The name in the file: "step_opened".
[[nodiscard]] std::string_view name_of(event_kind of) noexcept;

/// A question, which waits for an answer, and is not sent to those who are only told.
[[nodiscard]] bool is_question(event_kind kind) noexcept;

/// True when the webhook is to be told of it.
[[nodiscard]] bool takes(const params& webhook, const event& what);

/// True when the webhook has a say about the route.
[[nodiscard]] bool concerns(const params& webhook, std::string_view route);

/// As text, to be kept and read again.
[[nodiscard]] std::string to_text(const event& from);

/// Nothing when the text is none of to_text().
[[nodiscard]] std::optional<event> event_from_text(std::string_view text);

}  // namespace millrace::webhooks
