#include "proxy/app/webhook_events.hpp"

#include "proxy/admin/rollout_rendering.hpp"
#include "proxy/app/rollout_views.hpp"
#include "proxy/base/log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <utility>

namespace millrace::app {

namespace {

namespace json = boost::json;
using webhooks::event_kind;

/// Of a person's command, by its name in the decision.
std::optional<event_kind> kind_of_command(const control::decision_record& made) {
    using rollout::command;
    auto const& detail = made.decision.detail;
    if (detail == name_of(command::pause)) {
        return event_kind::paused;
    }
    if (detail == name_of(command::resume)) {
        return event_kind::resumed;
    }
    if (detail == name_of(command::approve)) {
        return event_kind::approved;
    }
    // A promotion is a decision of its own beside the command; a rollback is not.
    return detail == name_of(command::rollback) ? std::optional{event_kind::rolled_back}
                                                : std::nullopt;
}

std::optional<event_kind> kind_of(const control::decision_record& made) {
    using rollout::reason;
    switch (made.decision.why) {
        case reason::started:
            return event_kind::started;
        case reason::step_opened:
        case reason::batch:
        case reason::load:
            return event_kind::step_opened;
        case reason::guardrail_violated:
            return event_kind::rolled_back;
        case reason::assignment_broken:
            // At first everything only stops; in the end the candidates are out.
            return made.after.ended() ? std::optional{event_kind::rolled_back} : std::nullopt;
        case reason::promoted:
            return event_kind::promoted;
        case reason::horizon_passed:
            return event_kind::inconclusive;
        case reason::incident_began:
        case reason::load_began:
            return event_kind::incident_began;
        case reason::incident_ended:
        case reason::load_ended:
            return event_kind::incident_ended;
        case reason::ready_to_promote:
        case reason::waits_for_confirmation:
            return event_kind::waiting;
        case reason::mirrored:
        case reason::not_ready_any_more:
            return std::nullopt;
        case reason::commanded:
            return kind_of_command(made);
    }
    return std::nullopt;
}

/// After a rollback the primary is in charge; else it is about the candidate.
std::string version_of(
    event_kind kind, const control::decision_record& made, const rollout::params& chosen
) {
    if (kind == event_kind::rolled_back) {
        return chosen.primary;
    }
    auto const candidate = made.decision.candidate.value_or(0);
    return candidate < chosen.candidates.size() ? chosen.candidates[candidate] : std::string{};
}

json::object parsed(const std::string& text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    return error || !value.is_object() ? json::object{} : std::move(value.get_object());
}

event_kind kind_of(rollout::checkpoint what) {
    switch (what) {
        case rollout::checkpoint::step:
            return event_kind::confirm_step;
        case rollout::checkpoint::promotion:
            return event_kind::confirm_promotion;
        case rollout::checkpoint::none:
        case rollout::checkpoint::start:
            break;
    }
    return event_kind::confirm_start;
}

webhooks::event new_event(event_kind kind) {
    webhooks::event made;
    made.id = webhooks::new_event_id();
    made.kind = kind;
    made.time = log::wall_clock_text();
    return made;
}

}  // namespace

std::optional<webhooks::event> event_of(
    const control::decision_record& made, const rollout::params& chosen
) {
    auto const kind = kind_of(made);
    if (!kind) {
        return std::nullopt;
    }
    auto event = new_event(*kind);
    event.time = made.time;
    event.route = made.route;
    event.version = version_of(*kind, made, chosen);
    auto data = parsed(admin::rendering::decision(decision_of(made), chosen));
    data["route"] = made.route;
    data["rollout"] = fmt::format("{}", made.rollout.value);
    event.data = json::serialize(data);
    return event;
}

webhooks::event question_of(const control::question& asked) {
    auto const& rollout = *asked.rollout;
    auto event = new_event(kind_of(asked.what));
    event.route = rollout.setup.route;
    if (!rollout.setup.params.candidates.empty()) {
        event.version = rollout.setup.params.candidates.front();
    }
    auto status = status_of(rollout);
    // What led here was told already, event by event.
    status.decisions.clear();
    auto data = parsed(admin::rendering::rollout(status));
    data.erase("decisions");
    data["confirm"] = std::string{name_of(asked.what)};
    event.data = json::serialize(data);
    return event;
}

webhooks::event reload_event(const std::vector<std::string>& errors) {
    auto event = new_event(
        errors.empty() ? event_kind::configuration_reloaded : event_kind::configuration_refused
    );
    json::array texts;
    for (auto const& each : errors) {
        texts.emplace_back(each);
    }
    event.data = json::serialize(json::object{{"errors", std::move(texts)}});
    return event;
}

webhooks::confirmation confirmation_of(rollout::checkpoint what) noexcept {
    switch (what) {
        case rollout::checkpoint::step:
            return webhooks::confirmation::step;
        case rollout::checkpoint::promotion:
            return webhooks::confirmation::promotion;
        case rollout::checkpoint::none:
        case rollout::checkpoint::start:
            break;
    }
    return webhooks::confirmation::start;
}

}  // namespace millrace::app
