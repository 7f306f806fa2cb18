#include "proxy/simulation/run.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/rollout/experiment.hpp"
#include "proxy/simulation/arrivals.hpp"
#include "proxy/simulation/conditions.hpp"
#include "proxy/simulation/draws.hpp"
#include "proxy/simulation/mirrored_pairs.hpp"
#include "proxy/simulation/request_law.hpp"
#include "proxy/simulation/score_law.hpp"
#include "proxy/simulation/sticky_users.hpp"
#include "proxy/simulation/unit_queue.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace millrace::simulation {

namespace {

constexpr milliseconds tick_min{250};
constexpr milliseconds tick_max{60'000};
constexpr double requests_per_tick = 25;
constexpr std::uint32_t units = 65'536;
constexpr std::uint64_t baseline_min = 5'000;

/// One rollout: the world on one side, the experiment on the other.
class virtual_rollout {
 public:
    virtual_rollout(const world_params& world, const rollout::params& policy, std::uint64_t seed)
        : world_{world},
          chance_{seed},
          tick_{tick_of(world)},
          constant_{is_constant(world)},
          running_{policy, world.total_timeout},
          baselines_(policy.guardrails.size()),
          primary_requests_{world.history} {
        arms_.push_back(version_named(world, policy.primary));
        for (auto const& each : policy.candidates) {
            arms_.push_back(version_named(world, each));
        }
        for (auto const arm : arms_) {
            MILLRACE_ASSERT(arm < world.versions.size());
        }
        now_like_ = conditions_at(world_, now_);
        counts_.resize(arms_.size());
        if (world.users) {
            users_.emplace(*world.users, failure_rate(like(0)), chance_);
        }
    }

    run_result run() {
        advance();
        while (!running_.now().ended() && now_ < world_.time_max &&
               result_.requests < world_.requests_max) {
            assign_tick();
            advance();
        }
        result_.verdict = running_.now().verdict;
        result_.time = now_;
        result_.why = running_.now().candidates.front().why_out;
        return result_;
    }

 private:
    /// What was assigned in one tick, and what will come of it.
    void assign_tick() {
        refresh_conditions();
        auto const minutes = std::chrono::duration<double, std::ratio<60>>(tick_).count();
        auto rest = chance_.poisson(now_like_.requests_per_minute * minutes);
        result_.requests += rest;
        ++tick_number_;
        if (running_.now().phase == rollout::phase::mirroring) {
            mirror(rest);
        }
        if (users_) {
            serve_users(rest);
        } else {
            split(rest);
        }
        now_ += tick_;
        held_.add(counts_, now_);
        close_units();
    }

    /// Each request by a coin of its own.
    void split(std::uint64_t rest) {
        std::uint32_t rest_mass = units;
        for (std::size_t arm = arms_.size(); arm-- > 0;) {
            auto const mass = masses_[arm];
            auto const assigned =
                arm == 0 ? rest : chance_.binomial(rest, static_cast<double>(mass) / rest_mass);
            rest -= assigned;
            rest_mass -= mass;
            note_assigned(arm, assigned);
        }
    }

    void serve_users(std::uint64_t requests) {
        auto const assigned = users_->serve(
            chance_, requests, tick_number_, {failure_rate(like(0)), failure_rate(like(1))}
        );
        note_assigned(0, assigned[0]);
        note_assigned(1, assigned[1]);
        auto const window = world_.users->window / tick_;
        if (tick_number_ > static_cast<std::uint64_t>(window)) {
            close_windows(tick_number_ - static_cast<std::uint64_t>(window));
        }
    }

    /// What was known of users' windows is told for each outcome of theirs, at its age.
    void close_windows(std::uint64_t before) {
        auto const judged_by = running_.chosen().unit_outcome.value();
        auto const closed = users_->take_opened_before(before, judged_by);
        auto const& planned = running_.planned().outcomes;
        for (std::size_t i = 0; i < planned.size(); ++i) {
            if (planned[i].per_unit) {
                auto told = unit_tick_of(i);
                told.units = closed;
                units_.add(std::move(told), now_ + planned[i].age);
            }
        }
    }

    [[nodiscard]] rollout::unit_tick unit_tick_of(std::size_t outcome) const {
        return {
            .outcome = static_cast<std::uint16_t>(outcome),
            .epoch = epoch_,
            .tick = tick_number_,
            .masses = masses_,
            .units = {}};
    }

    /// Scores of the tick, one list for each reward.
    void close_units() {
        for (auto& each : scores_) {
            auto const age = running_.planned().outcomes[each.outcome].age;
            auto next = unit_tick_of(each.outcome);
            units_.add(std::exchange(each, std::move(next)), now_ + age);
        }
    }

    /// Copies of the primary's requests; each guardrail's outcomes are drawn by themselves.
    void mirror(std::uint64_t requests) {
        auto const copies = chance_.binomial(requests, world_.mirror.share);
        for (std::size_t arm = 1; arm < arms_.size(); ++arm) {
            for (auto const& mirrored : running_.planned().mirrors) {
                tell_pairs(arm, mirrored.harm_outcome, copies);
                if (mirrored.margin_outcome != mirrored.harm_outcome) {
                    tell_pairs(arm, mirrored.margin_outcome, copies);
                }
            }
        }
    }

    void tell_pairs(std::size_t arm, std::uint16_t outcome, std::uint64_t copies) {
        pair_rates const rates{laws_[0].rate(outcome), laws_[arm].rate(outcome)};
        pairs_.push_back(
            {.outcome = outcome,
             .candidate = static_cast<std::uint16_t>(arm - 1),
             .tick = tick_number_,
             .seen = draw_pairs(chance_, copies, rates, world_.mirror.shared)}
        );
    }

    void note_assigned(std::size_t arm, std::uint64_t assigned) {
        auto& counts = counts_[arm];
        counts.assign(outcomes_.size(), {});
        laws_[arm].draw(chance_, assigned, counts);
        for (auto& each : scores_) {
            draw_scores(chance_, like(arm), static_cast<std::uint16_t>(arm), assigned, each);
        }
        if (arm == 0) {
            primary_requests_ += assigned;
            return;
        }
        result_.exposure += assigned;
        result_.excess_failures +=
            static_cast<double>(assigned) * (failure_rate(like(arm)) - failure_rate(like(0)));
    }

    [[nodiscard]] const behaviour& like(std::size_t arm) const {
        return now_like_.versions[arms_[arm]];
    }

    void refresh_conditions() {
        if (constant_) {
            return;
        }
        auto next = conditions_at(world_, now_);
        if (next != now_like_) {
            now_like_ = std::move(next);
            refresh_laws();
        }
    }

    void refresh_laws() {
        laws_.clear();
        for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
            laws_.emplace_back(like(arm), outcomes_, arm == 0, world_.total_timeout);
        }
    }

    /// One look of the driver.
    void advance() {
        auto const came = running_.advance(
            {.now = now_,
             .ticks = held_.take_due(now_),
             .units = units_.take_due(now_),
             .mirrored = std::exchange(pairs_, {}),
             .commands = approvals(),
             .epoch = std::exchange(in_force_, std::nullopt),
             .committed = std::nullopt}
        );
        bool const begins_mirroring =
            running_.now().phase == rollout::phase::mirroring && masses_.empty();
        if ((came.shares_changed || begins_mirroring) && !running_.now().ended()) {
            begin_epoch();
        }
    }

    [[nodiscard]] std::vector<rollout::command> approvals() const {
        auto const& now = running_.now();
        bool const asked =
            now.phase == rollout::phase::waiting ||
            (now.phase == rollout::phase::initializing && running_.chosen().approve_start);
        return asked ? std::vector{rollout::command::approve} : std::vector<rollout::command>{};
    }

    void begin_epoch() {
        // The change of weights cuts every window, in both arms.
        if (users_ && epoch_ > 0) {
            close_windows(tick_number_ + 1);
        }
        learn_baselines();
        outcomes_ = rollout::with_baselines(running_.planned(), running_.chosen(), baselines_);
        masses_ = masses_of(running_.now());
        in_force_ = ++epoch_;
        held_.begin({epoch_, masses_, outcomes_, tick_}, now_);
        refresh_laws();
        begin_units();
    }

    void begin_units() {
        if (users_) {
            users_->begin_epoch(epoch_, masses_[1]);
        }
        scores_.clear();
        for (auto const& reward : running_.planned().rewards) {
            scores_.push_back(unit_tick_of(reward.outcome));
        }
    }

    static std::vector<std::uint32_t> masses_of(const rollout::state& now) {
        std::vector<std::uint32_t> masses{units};
        for (auto const& each : now.candidates) {
            masses.push_back(static_cast<std::uint32_t>(std::lround(each.share / 100 * units)));
            masses.front() -= masses.back();
        }
        return masses;
    }

    /// The primary's quantiles as a sample of its traffic so far shows them, under the conditions
    /// of the moment.
    void learn_baselines() {
        for (std::size_t i = 0; i < baselines_.size(); ++i) {
            auto const& guardrail = running_.chosen().guardrails[i];
            bool const first_byte = guardrail.kind == rollout::metric_kind::first_byte;
            if ((!first_byte && guardrail.kind != rollout::metric_kind::latency) ||
                primary_requests_ < baseline_min) {
                continue;
            }
            auto const p = chance_.sample_quantile(guardrail.quantile, primary_requests_);
            auto const found = latency_quantile(like(0).latency, p);
            auto const part = first_byte ? like(0).first_byte : 1.0;
            baselines_[i].quantile =
                microseconds{std::llround(static_cast<double>(found.count()) * part)};
        }
    }

    const world_params& world_;
    draws chance_;
    milliseconds tick_;
    bool constant_;
    rollout::experiment running_;
    std::vector<std::size_t> arms_;  // places in the world's versions: the primary, candidates
    std::vector<rollout::baseline> baselines_;
    std::uint64_t primary_requests_;
    milliseconds now_{0};
    conditions now_like_;
    std::uint32_t epoch_ = 0;
    std::optional<std::uint32_t> in_force_;
    std::vector<std::uint32_t> masses_;
    std::vector<rollout::outcome> outcomes_;
    std::vector<request_law> laws_;                     // by arm
    std::vector<std::vector<stats::arm_tick>> counts_;  // of a tick, by arm and outcome
    arrivals held_;
    std::optional<sticky_users> users_;
    std::vector<rollout::unit_tick> scores_;  // of a tick, by reward
    unit_queue units_;
    std::vector<rollout::mirrored_tick> pairs_;
    std::uint64_t tick_number_ = 0;
    run_result result_;
};

}  // namespace

std::size_t version_named(const world_params& world, const std::string& name) {
    auto const found =
        std::find_if(world.versions.begin(), world.versions.end(), [&name](const auto& each) {
            return each.name == name;
        });
    return static_cast<std::size_t>(found - world.versions.begin());
}

run_result run_once(const world_params& world, const rollout::params& policy, std::uint64_t seed) {
    return virtual_rollout{world, policy, seed}.run();
}

milliseconds tick_of(const world_params& world) {
    if (world.tick > milliseconds{0}) {
        return world.tick;
    }
    auto const milliseconds_needed = requests_per_tick * 60'000 / world.requests_per_minute;
    auto const times = std::floor(milliseconds_needed / static_cast<double>(tick_min.count()));
    auto const tick = tick_min * static_cast<milliseconds::rep>(std::max(times, 1.0));
    return std::min(tick, tick_max);
}

}  // namespace millrace::simulation
