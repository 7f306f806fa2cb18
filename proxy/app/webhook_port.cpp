#include "proxy/app/webhook_port.hpp"

#include "proxy/app/webhook_events.hpp"

#include <utility>

namespace millrace::app {

void webhook_port::decided(const control::decision_record& made, const rollout::params& chosen) {
    if (webhooks_.empty()) {
        return;
    }
    if (auto event = event_of(made, chosen)) {
        webhooks_.publish(std::move(*event));
    }
}

rollout::checkpoints webhook_port::to_confirm(std::string_view route) const {
    using webhooks::confirmation;
    return {
        .start = webhooks_.has_to_confirm(confirmation::start, route),
        .step = webhooks_.has_to_confirm(confirmation::step, route),
        .promotion = webhooks_.has_to_confirm(confirmation::promotion, route)};
}

std::uint64_t webhook_port::ask(
    control::question what, std::function<void(std::string who)> confirmed
) {
    return webhooks_.ask(confirmation_of(what.what), question_of(what), std::move(confirmed));
}

}  // namespace millrace::app
