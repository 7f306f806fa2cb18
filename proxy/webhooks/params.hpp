#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What the configuration says about webhooks: plain data, filled by config/.
namespace millrace::webhooks {

using std::chrono::milliseconds;

/// What happened.
enum class event_kind : std::uint8_t {
    started,
    step_opened,
    paused,
    resumed,
    approved,
    waiting,
    promoted,
    rolled_back,
    incident_began,
    incident_ended,
    inconclusive,
    webhook_refused,
    configuration_reloaded,
    configuration_refused,
    confirm_start,      ///< a question, for the webhooks that confirm
    confirm_step,       ///< likewise
    confirm_promotion,  ///< likewise
    every               ///< in a list of what to notify: all of them but questions
};

/// What a webhook has to confirm before it happens.
enum class confirmation : std::uint8_t { start, step, promotion };

/// How an event stands in a request (CloudEvents 1.0.2, HTTP protocol binding, sections 3.1, 3.2).
enum class content_mode : std::uint8_t { cloudevents_structured, cloudevents_binary };

/// Where requests go.
struct target {
    bool tls = false;
    std::string host;  ///< a name or an address, without brackets
    std::uint16_t port = 80;
    std::string authority;  ///< as Host is sent
    std::string path;       ///< with the query; may hold secrets

    friend bool operator==(const target&, const target&) = default;
};

struct params {
    std::string name;
    webhooks::target target;
    std::vector<event_kind> events{event_kind::every};
    std::vector<confirmation> confirm;
    std::vector<std::string> routes;  ///< whose events and questions it gets; empty: all
    content_mode format = content_mode::cloudevents_structured;
    std::string secret;   ///< signs; empty: nothing is signed
    std::string ca_file;  ///< certificates that the peer's must lead to; empty: the system's
    std::string source = "/millrace";     ///< CloudEvents: a URI reference
    std::string environment = "default";  ///< CDEvents: where the services run
    milliseconds timeout{5'000};          ///< of one attempt, as a whole
    std::uint32_t attempts = 8;           ///< in [1, 100]; then it is a dead letter
    milliseconds retry_delay{1'000};      ///< before the second attempt; doubles from then on
    milliseconds retry_delay_max{300'000};
    milliseconds confirm_interval{10'000};  ///< between two askings of the same question

    friend bool operator==(const params&, const params&) = default;
};

}  // namespace millrace::webhooks
