#pragma once

#include "proxy/webhooks/event.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Events as CloudEvents 1.0 (https://github.com/cloudevents/spec, v1.0.2), and where CDEvents has
/// a type for them, as CDEvents 0.5.1 (https://cdevents.dev, CloudEvents binding).
namespace millrace::webhooks {

/// What a request carries besides its target. A value.
struct message {
    std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case
    std::string body;
};

/// "dev.cdevents.service.rolledback.0.3.0", "dev.millrace.rollout.paused".
[[nodiscard]] std::string_view type_of(event_kind kind) noexcept;

/// Without the fields of a signature.
[[nodiscard]] message message_of(const event& what, const params& to);

}  // namespace millrace::webhooks
