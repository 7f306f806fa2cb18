#include "proxy/rollout/step.hpp"

#include "proxy/rollout/readiness.hpp"
#include "proxy/rollout/shares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::rollout {

namespace {

/// One call of step(): the arguments, and the result while it grows.
class stepper {
 public:
    stepper(
        const params& chosen,
        const state& from,
        const assessment& evidence,
        milliseconds now,
        const checkpoints& to_confirm
    )
        : params_{chosen},
          evidence_{evidence},
          now_{now},
          to_confirm_{to_confirm},
          result_{from, {}} {}

    step_result run(const std::vector<command>& commands) {
        roll_back_violated();
        watch_assignments();
        watch_incident();
        watch_load();
        for (auto const each : commands) {
            obey(each);
        }
        // What takes weight away takes effect before it is recorded, what gives more after it: one
        // call never does both.
        if (!next().ended() && !next().paused && !is_assignment_broken() && !took_out_) {
            advance();
        }
        if (next().ended()) {
            await_nothing();
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
        auto const* const violated = find_violated(evidence_.candidates[candidate]);
        if (violated == nullptr) {
            return;
        }
        auto why = fmt::format(
            "{}: log E {:.2f} of {:.2f} needed",
            violated->name,
            violated->log_e_rollback,
            evidence_.rollback_threshold
        );
        take_out(next(), candidate, violated->name);
        took_out_ = true;
        decide(reason::guardrail_violated, std::move(why), candidate);
    }

    [[nodiscard]] const evidence_assessment* find_violated(const candidate_assessment& about
    ) const {
        const evidence_assessment* found = nullptr;
        auto const look = [&](const auto& all) {
            for (auto const& each : all) {
                // What does not arrive as the coin fell decides nothing, neither way.
                if (found == nullptr && each.decides && !each.arrivals_broken &&
                    each.log_e_rollback >= evidence_.rollback_threshold) {
                    found = &each;
                }
            }
        };
        look(about.guardrails);
        look(about.rewards);
        look(about.mirrored);
        return found;
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
                take_out(next(), i, why);
            }
        }
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

    // What hits the whole route may be what both versions share, at its limit: weight may come
    // back, none is given, and nobody is to blame.

    void watch_load() {
        if (next().ended() || evidence_.load == next().load) {
            return;
        }
        next().load = evidence_.load;
        next().stepped_down = false;
        if (evidence_.load) {
            decide(reason::load_began, "all requests of the route together break its guard");
        } else {
            decide(reason::load_ended, "the route keeps its guard again");
        }
    }

    /// Once in each time of load, and only where there is a smaller step.
    void step_down() {
        if (next().stepped_down || !climbs() || next().step == 0) {
            return;
        }
        next().stepped_down = true;
        open_step(next().step - 1, reason::load);
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
                promote(best_proven().value_or(first_in()));
                break;
            case command::rollback:
                end_all("a person's word", verdict::failed);
                break;
            case command::confirm:
                if (next().awaited == checkpoint::none) {
                    decide(reason::commanded, "confirm: nothing waits for it");
                    return;
                }
                next().confirmed = true;
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
                if (may_pass(checkpoint::start, params_.approve_start)) {
                    begin();
                }
                break;
            case phase::mirroring:
                if (next().verdict == verdict::running) {
                    go_on_mirroring();
                    note_horizon();
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

    /// True when nobody has to be asked, or everybody who has to be said yes: first a person, whose
    /// approval is good for one thing, then whoever confirms from outside.
    bool may_pass(checkpoint at, bool needs_person) {
        if ((needs_person && !next().approved) || !is_confirmed(at)) {
            return false;
        }
        next().approved = next().approved && !needs_person;
        await_nothing();
        return true;
    }

    [[nodiscard]] bool is_confirmed(checkpoint at) {
        if (!to_confirm_.contain(at)) {
            return true;
        }
        if (next().awaited != at) {
            next().awaited = at;
            next().confirmed = false;
            decide(reason::waits_for_confirmation, std::string{name_of(at)});
        }
        return next().confirmed;
    }

    void await_nothing() {
        next().awaited = checkpoint::none;
        next().confirmed = false;
    }

    void begin() {
        if (params_.strategy != strategy::mirror_first) {
            open_step(0, reason::started);
            return;
        }
        next().phase = phase::mirroring;
        next().step_since = now_;
        decide(reason::mirrored, "the candidates answer copies and get nothing");
    }

    void go_on_mirroring() {
        bool const lacks =
            any_in([this](const auto& each) { return !is_mirrored_well(each, params_); });
        if (!next().load && !lacks && may_pass(checkpoint::step, false)) {
            open_step(0, reason::started);
        }
    }

    void go_on() {
        if (next().load) {
            step_down();
            return;
        }
        if (next().incident || !has_soaked()) {
            return;
        }
        if (!is_last_before_all()) {
            if (!any_in([this](const auto& each) { return !may_step(each, params_); }) &&
                may_pass(checkpoint::step, false)) {
                open_step(next().step + 1, reason::step_opened);
            }
            return;
        }
        auto const proven = best_proven();
        if (!proven) {
            play_batch();
            return;
        }
        if (may_pass(checkpoint::promotion, needs_approval_to_promote())) {
            promote(*proven);
            return;
        }
        next().phase = phase::waiting;
        if (next().awaited == checkpoint::none) {
            decide(reason::ready_to_promote, "waits for approval", proven);
        }
    }

    [[nodiscard]] bool needs_approval_to_promote() const {
        return params_.approve_promotion || params_.strategy == strategy::blue_green;
    }

    /// The evidence goes on while a person thinks: what was proven may not hold any more.
    void wait_on() {
        auto const proven = best_proven();
        if (!proven) {
            next().phase = phase::progressing;
            await_nothing();
            decide(reason::not_ready_any_more, all_missing());
        } else if (!next().incident && !next().load && may_pass(checkpoint::promotion, needs_approval_to_promote())) {
            promote(*proven);
        }
    }

    void note_horizon() {
        bool const is_open = next().phase == phase::progressing || next().phase == phase::mirroring;
        if (params_.horizon > milliseconds{0} && now_ >= params_.horizon && is_open) {
            next().verdict = verdict::inconclusive;
            await_nothing();
            decide(reason::horizon_passed, all_missing());
        }
    }

    [[nodiscard]] bool has_soaked() {
        return params_.advance == step_rule::evidence || now_ - next().step_since >= params_.soak;
    }

    /// Through steps, up to everything.
    [[nodiscard]] bool climbs() const {
        return params_.strategy == strategy::progressive ||
               params_.strategy == strategy::mirror_first;
    }

    /// True when the next thing is everything: a single step, or one that would leave nothing to
    /// the primary, so that nothing could be compared in it.
    [[nodiscard]] bool is_last_before_all() {
        if (!climbs() || next().step + 1 >= params_.steps.size()) {
            return true;
        }
        auto const& all = next().candidates;
        auto const in =
            std::count_if(all.begin(), all.end(), [](const auto& each) { return !each.out; });
        return params_.steps[next().step + 1] * static_cast<double>(in) >= 100;
    }

    /// Of several that are proven, the one with the most of the first reward that decides; without
    /// rewards the first.
    [[nodiscard]] std::optional<std::uint32_t> best_proven() {
        std::optional<std::uint32_t> best;
        for (std::uint32_t i = 0; i < next().candidates.size(); ++i) {
            auto const& about = evidence_.candidates[i];
            if (next().candidates[i].out || !is_proven(about, params_, evidence_)) {
                continue;
            }
            if (!best || mean_reward(about) > mean_reward(evidence_.candidates[*best])) {
                best = i;
            }
        }
        return best;
    }

    void play_batch() {
        if (params_.strategy != strategy::bandit ||
            !is_batch_over(params_, next(), evidence_, now_)) {
            return;
        }
        auto const shares = bandit_shares(params_, next(), evidence_);
        ++next().batch;
        next().batch_since = now_;
        std::string text;
        for (std::size_t i = 0; i < shares.size(); ++i) {
            next().candidates[i].share = shares[i];
            text += fmt::format(
                "{}{} {:g} %", text.empty() ? "" : ", ", params_.candidates[i], shares[i]
            );
        }
        decide(reason::batch, std::move(text));
    }

    void open_step(std::uint32_t place, reason why) {
        next().step = place;
        next().phase = phase::progressing;
        next().step_since = now_;
        next().batch_since = now_;
        auto const share = share_of_step(params_, place);
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

    /// What each candidate that is in lacks.
    [[nodiscard]] std::string all_missing() {
        std::string text;
        for (std::uint32_t i = 0; i < next().candidates.size(); ++i) {
            if (!next().candidates[i].out) {
                auto const& about = evidence_.candidates[i];
                auto const missing =
                    missing_evidence(about, params_.candidates[i], params_, evidence_);
                text += (text.empty() || missing.empty() ? "" : "; ") + missing;
            }
        }
        return text;
    }

    const params& params_;
    const assessment& evidence_;
    milliseconds now_;
    const checkpoints& to_confirm_;
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
    milliseconds now,
    const checkpoints& to_confirm
) {
    return stepper{chosen, from, evidence, now, to_confirm}.run(commands);
}

void take_out(state& of, std::size_t candidate, std::string_view why) {
    of.candidates[candidate] = {.share = 0, .out = true, .why_out = std::string{why}};
    auto const& all = of.candidates;
    if (std::all_of(all.begin(), all.end(), [](const auto& each) { return each.out; })) {
        of.phase = phase::failed;
        of.verdict = verdict::failed;
    }
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

}  // namespace millrace::rollout
