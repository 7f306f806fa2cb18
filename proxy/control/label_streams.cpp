#include "proxy/control/label_streams.hpp"

namespace millrace::control {

bool is_fed_by_labels(const rollout::outcome& each) noexcept {
    return each.kind == rollout::outcome_kind::label_wrong ||
           each.kind == rollout::outcome_kind::reward;
}

std::vector<label_stream> label_streams_of(
    const rollout::plan& with, const rollout::params& chosen
) {
    std::vector<label_stream> streams;
    for (std::size_t i = 0; i < with.outcomes.size(); ++i) {
        if (with.outcomes[i].kind == rollout::outcome_kind::label_wrong) {
            label_stream made;
            made.outcome = static_cast<std::uint16_t>(i);
            made.age = with.outcomes[i].age;
            streams.push_back(made);
        }
    }
    for (std::size_t i = 0; i < with.rewards.size(); ++i) {
        streams.push_back(
            {.outcome = with.rewards[i].outcome,
             .takes = label_stream::feed::scores,
             .age = with.outcomes[with.rewards[i].outcome].age,
             .min = chosen.rewards[i].min,
             .max = chosen.rewards[i].max,
             .larger_is_better = chosen.rewards[i].larger_is_better}
        );
    }
    return streams;
}

}  // namespace millrace::control
