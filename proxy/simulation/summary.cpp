#include "proxy/simulation/summary.hpp"

#include "proxy/base/random.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace millrace::simulation {

namespace {

/// Of the value of rank ceil(part x count).
double ranked(std::vector<double>& values, double part) {
    auto const count = static_cast<double>(values.size());
    auto const rank = static_cast<std::ptrdiff_t>(std::max(std::ceil(part * count), 1.0)) - 1;
    std::nth_element(values.begin(), values.begin() + rank, values.end());
    return values[static_cast<std::size_t>(rank)];
}

spread spread_of(std::vector<double> values) {
    return values.empty() ? spread{} : spread{ranked(values, 0.5), ranked(values, 0.9)};
}

double minutes_of(milliseconds time) {
    return std::chrono::duration<double, std::ratio<60>>(time).count();
}

bool is_wrong(const run_result& run, const truth& of) {
    return (run.verdict == rollout::verdict::failed && of.rollback_is_wrong) ||
           (run.verdict == rollout::verdict::successful && of.promotion_is_wrong);
}

bool has_decided(const run_result& run) {
    return run.verdict == rollout::verdict::failed || run.verdict == rollout::verdict::successful;
}

/// Where a run with this verdict counts.
proportion& hits_of(summary& in, rollout::verdict verdict) {
    switch (verdict) {
        case rollout::verdict::failed:
            return in.rolled_back;
        case rollout::verdict::successful:
            return in.promoted;
        case rollout::verdict::error:
            return in.broken;
        case rollout::verdict::running:
        case rollout::verdict::inconclusive:
            break;
    }
    return in.open;
}

}  // namespace

summary summarize(const std::vector<run_result>& runs, const truth& of) {
    summary made;
    std::vector<double> requests;
    std::vector<double> minutes;
    std::vector<double> exposure;
    for (auto const& run : runs) {
        ++hits_of(made, run.verdict).hits;
        made.wrong.hits += is_wrong(run, of) ? 1 : 0;
        made.excess_failures += run.excess_failures;
        made.simulated += run.requests;
        if (has_decided(run)) {
            requests.push_back(static_cast<double>(run.requests));
            minutes.push_back(minutes_of(run.time));
        }
        if (run.verdict == rollout::verdict::failed) {
            exposure.push_back(static_cast<double>(run.exposure));
        }
    }
    for (auto* const each :
         {&made.rolled_back, &made.promoted, &made.broken, &made.open, &made.wrong}) {
        each->runs = runs.size();
    }
    made.requests = spread_of(std::move(requests));
    made.minutes = spread_of(std::move(minutes));
    made.exposure = spread_of(std::move(exposure));
    made.excess_failures /= std::max(static_cast<double>(runs.size()), 1.0);
    return made;
}

std::vector<run_result> run_many(
    std::uint64_t runs, std::uint64_t seed, const std::function<run_result(std::uint64_t seed)>& run
) {
    random_source seeds{seed};
    std::vector<run_result> made;
    made.reserve(runs);
    for (std::uint64_t i = 0; i < runs; ++i) {
        made.push_back(run(seeds.next()));
    }
    return made;
}

target_verdict judge(const summary& seen, const target& by) {
    target_verdict made;
    if (by.wrong) {
        made.wrong = exact_interval(seen.wrong, 0.99).lower <= *by.wrong;
    }
    // A decision that never came took longer than any number; half of the runs must have decided.
    bool const mostly_decided = seen.open.value() + seen.broken.value() < 0.5;
    if (by.requests) {
        made.requests = mostly_decided && seen.requests.median <= static_cast<double>(*by.requests);
    }
    if (by.candidate_requests) {
        made.candidate_requests =
            seen.rolled_back.hits > 0 &&
            seen.exposure.median <= static_cast<double>(*by.candidate_requests);
    }
    return made;
}

}  // namespace millrace::simulation
