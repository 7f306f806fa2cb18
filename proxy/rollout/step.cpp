#include "proxy/rollout/step.hpp"

#include "proxy/rollout/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::rollout {

namespace {

/// One call of step(): the arguments, and the result while it grows.
class stepper {
 public:
    stepper(const params& chosen, const state& from, const assessment& evidence, milliseconds now)
        : params_{chosen}, evidence_{evidence}, now_{now}, result_{from, {}} {}

    step_result run(const std::vector<command>& commands) {
        roll_back_violated();
        watch_assignments();
        watch_incident();
        for (auto const each : commands) {
            obey(each);
        }
        // What takes weight away takes effect before it is recorded, what gives more after it: one
        // call never does both.
        if (!next().ended() && !next().paused && !is_assignment_broken() && !took_out_) {
            advance();
        }
        return std::move(result_);
    }

 private:
    [[nodiscard]] state& next() noexcept { return result_.state; }

    [[nodiscard]] bool is_assignment_broken() noexcept {
        return next().assignment_broken_since >= milliseconds{0};
    }

    void decide(reason why, std::string detail, std::optional<std::uint32_t> candidate = {}) {
        result_.decisions.push_back({why, std::move(detail), candidate});
    }

    /// Whether something holds for a candidate that is still in.
    template <class Holds>
    [[nodiscard]] bool any_in(Holds holds) {
        for (std::size_t i = 0; i < next().candidates.size(); ++i) {
            if (!next().candidates[i].out && holds(evidence_.candidates[i])) {
                return true;
            }
        }
        return false;
    }

    // Rollback.

    void roll_back_violated() {
        if (next().ended() || is_assignment_broken()) {
            return;
        }
        for (std::uint32_t i = 0; i < next().candidates.size(); ++i) {
            if (!next().candidates[i].out) {
                roll_back_if_violated(i);
            }
        }
    }

    void roll_back_if_violated(std::uint32_t candidate) {
        for (auto const& guardrail : evidence_.candidates[candidate].guardrails) {
            // What does not arrive as the coin fell decides nothing, neither way.
            if (guardrail.arrivals_broken ||
                !(guardrail.log_e_rollback >= evidence_.rollback_threshold)) {
                continue;
            }
            auto why = fmt::format(
                "{}: log E {:.2f} of {:.2f} needed",
                guardrail.name,
                guardrail.log_e_rollback,
                evidence_.rollback_threshold
            );
            take_out(candidate, guardrail.name);
            took_out_ = true;
            decide(reason::guardrail_violated, std::move(why), candidate);
            fail_without_candidates();
            return;
        }
    }

    void take_out(std::uint32_t candidate, std::string_view why) {
        auto& about = next().candidates[candidate];
        about.share = 0;
        about.out = true;
        about.why_out = why;
    }

    void fail_without_candidates() {
        auto const& all = next().candidates;
        if (std::all_of(all.begin(), all.end(), [](const auto& each) { return each.out; })) {
            next().phase = phase::failed;
            next().verdict = verdict::failed;
        }
    }

    // Assignments that do not follow the coin: every test stops, and after a grace so does the
    // rollout.

    void watch_assignments() {
        if (next().ended()) {
            return;
        }
        bool const broken = any_in([](const auto& each) { return each.assignment_broken; });
        if (broken && !is_assignment_broken()) {
            next().assignment_broken_since = now_;
            decide(reason::assignment_broken, "requests do not follow the coin: every test stops");
        }
        if (is_assignment_broken() &&
            now_ - next().assignment_broken_since >= params_.assignment_grace) {
            end_all("assignment broken", verdict::error);
            decide(
                reason::assignment_broken,
                "the candidates are taken out; not because they are worse"
            );
        }
    }

    void end_all(std::string_view why, verdict with) {
        for (std::uint32_t i = 0; i < next().candidates.size(); ++i) {
            if (!next().candidates[i].out) {
                take_out(i, why);
            }
        }
        next().phase = phase::failed;
        next().verdict = with;
    }

    // What hits both versions is no verdict on one of them.

    void watch_incident() {
        if (next().ended()) {
            return;
        }
        bool const goes_on = any_in([](const auto& each) { return each.incident; });
        if (goes_on && !next().incident) {
            decide(reason::incident_began, "primary and candidate are in breach together");
        } else if (!goes_on && next().incident) {
            decide(reason::incident_ended, "they are not in breach together any more");
        }
        next().incident = goes_on;
    }

    // People.

    void obey(command asked) {
        if (next().ended()) {
            return;
        }
        switch (asked) {
            case command::pause:
                next().paused = true;
                break;
            case command::resume:
                next().paused = false;
                break;
            case command::approve:
                next().approved = true;
                break;
            case command::promote:
                if (took_out_) {
                    decide(reason::commanded, "promote: not now, a candidate was just rolled back");
                    return;
                }
                promote(first_proven().value_or(first_in()));
                break;
            case command::rollback:
                end_all("a person's word", verdict::failed);
                break;
        }
        decide(reason::commanded, std::string{name_of(asked)});
    }

    [[nodiscard]] std::uint32_t first_in() {
        auto const& all = next().candidates;
        auto const found =
            std::find_if(all.begin(), all.end(), [](const auto& each) { return !each.out; });
        return static_cast<std::uint32_t>(found - all.begin());
    }

    // Forward.

    void advance() {
        switch (next().phase) {
            case phase::initializing:
                if (take_approval(params_.approve_start)) {
                    open_step(0, reason::started);
                }
                break;
            case phase::progressing:
                // What the horizon found open stays where it is: only harm, or a person, moves it.
                if (next().verdict == verdict::running) {
                    go_on();
                    note_horizon();
                }
                break;
            case phase::waiting:
                wait_on();
                break;
            case phase::succeeded:
            case phase::failed:
                break;
        }
    }

    /// True when nobody has to be asked, or somebody said yes; an approval is good for one thing.
    bool take_approval(bool needed) { return !needed || std::exchange(next().approved, false); }

    void go_on() {
        if (next().incident || !has_soaked()) {
            return;
        }
        if (!is_last_before_all()) {
            if (!any_in([this](const auto& each) { return !may_step(each); })) {
                open_step(next().step + 1, reason::step_opened);
            }
            return;
        }
        auto const proven = first_proven();
        if (!proven) {
            return;
        }
        if (take_approval(params_.approve_promotion || params_.strategy == strategy::blue_green)) {
            promote(*proven);
            return;
        }
        next().phase = phase::waiting;
        decide(reason::ready_to_promote, "waits for approval", proven);
    }

    /// The evidence goes on while a person thinks: what was proven may not hold any more.
    void wait_on() {
        auto const proven = first_proven();
        if (!proven) {
            next().phase = phase::progressing;
            decide(reason::not_ready_any_more, missing_evidence());
        } else if (!next().incident && take_approval(true)) {
            promote(*proven);
        }
    }

    void note_horizon() {
        if (params_.horizon > milliseconds{0} && now_ >= params_.horizon &&
            next().phase == phase::progressing) {
            next().verdict = verdict::inconclusive;
            decide(reason::horizon_passed, missing_evidence());
        }
    }

    [[nodiscard]] bool has_soaked() {
        return params_.advance == step_rule::evidence || now_ - next().step_since >= params_.soak;
    }

    /// True when the next thing is everything: a single step, or one that would leave nothing to
    /// the primary, so that nothing could be compared in it.
    [[nodiscard]] bool is_last_before_all() {
        if (params_.strategy != strategy::progressive || next().step + 1 >= params_.steps.size()) {
            return true;
        }
        auto const& all = next().candidates;
        auto const in =
            std::count_if(all.begin(), all.end(), [](const auto& each) { return !each.out; });
        return params_.steps[next().step + 1] * static_cast<double>(in) >= 100;
    }

    [[nodiscard]] bool may_step(const candidate_assessment& about) const {
        auto const& all = about.guardrails;
        return !all.empty() && std::all_of(all.begin(), all.end(), [this](const auto& each) {
            return lack_for_step(each, params_) == lack::nothing;
        });
    }

    /// Every guardrail is proven, still holds in this step, and nothing speaks against it.
    [[nodiscard]] bool is_proven(const candidate_assessment& about) const {
        auto const& all = about.guardrails;
        return !all.empty() && std::all_of(all.begin(), all.end(), [this](const auto& each) {
            return lack_of(each) == lack::nothing;
        });
    }

    [[nodiscard]] lack lack_of(const guardrail_assessment& each) const {
        return lack_for_promotion(each, params_, evidence_.promotion_threshold);
    }

    [[nodiscard]] std::optional<std::uint32_t> first_proven() {
        for (std::uint32_t i = 0; i < next().candidates.size(); ++i) {
            if (!next().candidates[i].out && is_proven(evidence_.candidates[i])) {
                return i;
            }
        }
        return std::nullopt;
    }

    void open_step(std::uint32_t place, reason why) {
        next().step = place;
        next().phase = phase::progressing;
        next().step_since = now_;
        auto const share = params_.steps[place];
        for (auto& each : next().candidates) {
            each.share = each.out ? 0 : share;
        }
        decide(why, fmt::format("{:g} % for each candidate", share));
    }

    void promote(std::uint32_t candidate) {
        for (auto& each : next().candidates) {
            each.share = 0;
        }
        next().candidates[candidate].share = 100;
        next().winner = candidate;
        next().phase = phase::succeeded;
        next().verdict = verdict::successful;
        decide(reason::promoted, params_.candidates[candidate], candidate);
    }

    /// What each candidate that is in lacks: "v2: error_rate: log E 2.10 of 4.61, ...; ...".
    [[nodiscard]] std::string missing_evidence() {
        std::string text;
        for (std::uint32_t i = 0; i < next().candidates.size(); ++i) {
            if (next().candidates[i].out) {
                continue;
            }
            for (auto const& each : evidence_.candidates[i].guardrails) {
                if (auto const lacking = lack_of(each); lacking != lack::nothing) {
                    text += fmt::format(
                        "{}{}: {}",
                        text.empty() ? "" : "; ",
                        params_.candidates[i],
                        text_of(lacking, each, params_, evidence_.promotion_threshold)
                    );
                }
            }
        }
        return text;
    }

    const params& params_;
    const assessment& evidence_;
    milliseconds now_;
    step_result result_;
    bool took_out_ = false;  // a candidate was rolled back in this call
};

}  // namespace

state begin(const params& chosen) {
    state made;
    made.candidates.resize(chosen.candidates.size());
    return made;
}

step_result step(
    const params& chosen,
    const state& from,
    const assessment& evidence,
    const std::vector<command>& commands,
    milliseconds now
) {
    return stepper{chosen, from, evidence, now}.run(commands);
}

double primary_share(const state& of) noexcept {
    double rest = 100;
    for (auto const& each : of.candidates) {
        rest -= each.share;
    }
    return std::max(rest, 0.0);
}

bool gives_more(const state& from, const state& to) noexcept {
    for (std::size_t i = 0; i < to.candidates.size(); ++i) {
        if (to.candidates[i].share > from.candidates[i].share) {
            return true;
        }
    }
    return false;
}

std::string_view name_of(command of) noexcept {
    switch (of) {
        case command::pause:
            return "pause";
        case command::resume:
            return "resume";
        case command::approve:
            return "approve";
        case command::promote:
            return "promote";
        case command::rollback:
            return "rollback";
    }
    return {};
}

std::string_view name_of(reason of) noexcept {
    switch (of) {
        case reason::started:
            return "started";
        case reason::step_opened:
            return "step opened";
        case reason::guardrail_violated:
            return "guardrail violated";
        case reason::assignment_broken:
            return "assignment broken";
        case reason::promoted:
            return "promoted";
        case reason::horizon_passed:
            return "horizon passed";
        case reason::incident_began:
            return "incident began";
        case reason::incident_ended:
            return "incident ended";
        case reason::ready_to_promote:
            return "ready to promote";
        case reason::not_ready_any_more:
            return "not ready any more";
        case reason::commanded:
            return "commanded";
    }
    return {};
}

}  // namespace millrace::rollout
