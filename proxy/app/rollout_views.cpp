#include "proxy/app/rollout_views.hpp"

#include <fmt/format.h>

namespace millrace::app {

admin::rollout_status status_of(const control::rollout_view& view) {
    admin::rollout_status status{
        .route = view.setup.route,
        .id = fmt::format("{}", view.rollout.value),
        .params = view.setup.params,
        .state = view.state,
        .evidence = view.evidence,
        .decisions = {},
        .earlier = view.earlier ? *view.earlier : std::vector<std::string>{},
        .trouble = view.trouble,
        .ticks_lost = view.ticks_lost,
        .waiting_for = view.waiting_for,
        .units_known = view.units_known,
        .units_lost = view.units_lost};
    for (auto const& record : view.decisions) {
        status.decisions.push_back(decision_of(record));
    }
    return status;
}

admin::rollout_decision decision_of(const control::decision_record& record) {
    return {
        .time = record.time,
        .at = record.at,
        .decision = record.decision,
        .who = record.who,
        .why = record.why,
        .evidence = record.evidence,
        .after = record.after};
}

}  // namespace millrace::app
