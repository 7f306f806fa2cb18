#include "proxy/feedback/label_ledger.hpp"

#include "proxy/base/siphash.hpp"
#include "proxy/feedback/ledger_archive.hpp"
#include "proxy/routing/route_table.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace millrace::feedback {

namespace {

using control::label_stream;
using std::chrono::seconds;

// Between the moment when labels begin to be late and the one when their tick is taken: those that
// are being recorded then still count.
constexpr std::int64_t recording_seconds = 2;
// A worker's clock of whole seconds may be behind ours when an epoch begins.
constexpr std::int64_t clock_slack_seconds = 2;

bool takes(const label_stream& stream, label_kind kind) {
    bool const is_label = kind == label_kind::label;
    return is_label == (stream.takes == label_stream::feed::labels);
}

std::int64_t age_seconds(const label_stream& stream) {
    return std::chrono::ceil<seconds>(stream.age).count();
}

std::int64_t tick_of(const label_stream& stream, std::int64_t when) {
    return when / label_tick_seconds(stream.age);
}

/// The tick's labels have had their time.
bool is_over(const label_stream& stream, std::int64_t tick, std::int64_t now) {
    return (tick + 1) * label_tick_seconds(stream.age) + age_seconds(stream) <= now;
}

bool is_open(const label_epoch_state& epoch, std::size_t stream, std::int64_t tick) {
    auto const& asked = epoch.facts.streams[stream];
    bool const within = !epoch.ended || tick <= tick_of(asked, *epoch.ended);
    return within && tick >= epoch.streams[stream].next;
}

std::optional<std::uint16_t> arm_of(const label_epoch_state& epoch, std::uint32_t version) {
    auto const& ids = epoch.version_ids;
    auto const found = std::find(ids.begin(), ids.end(), version);
    return found == ids.end() ? std::nullopt
                              : std::optional{static_cast<std::uint16_t>(found - ids.begin())};
}

/// Which scores stay when there are too many: by the exchange alone, whatever was said of it.
std::uint64_t place_of(const counted_score& each) {
    auto const& sequence = each.sequence;
    return siphash_2_4(
        {each.worker, 0}, {reinterpret_cast<const char*>(&sequence), sizeof sequence}
    );
}

/// @return  how many are left out for it
std::uint64_t add_score(label_tick& to, std::uint16_t arm, const label& seen) {
    counted_score const made{
        seen.of.unix_seconds, seen.of.worker, seen.of.sequence, arm, seen.value};
    if (place_of(made) > to.scores_below) {
        return 1;
    }
    to.scores.push_back(made);
    if (to.scores.size() <= label_ledger::scores_max) {
        return 0;
    }
    to.scores_below /= 2;
    auto const limit = to.scores_below;
    return std::erase_if(to.scores, [limit](const counted_score& each) {
        return place_of(each) > limit;
    });
}

double how_good(const label_stream& stream, double score) {
    auto const part =
        (std::clamp(score, stream.min, stream.max) - stream.min) / (stream.max - stream.min);
    return stream.larger_is_better ? part : 1 - part;
}

rollout::unit_tick units_of(
    const label_epoch_state& epoch, const label_stream& stream, std::int64_t tick, label_tick seen
) {
    rollout::unit_tick made{
        .outcome = stream.outcome,
        .epoch = epoch.facts.epoch,
        .tick = static_cast<std::uint64_t>(tick),
        .masses = epoch.facts.masses,
        .units = {}};
    // In which order labels came may depend on what they say; how answers were assigned may not.
    std::sort(seen.scores.begin(), seen.scores.end(), [](const auto& a, const auto& b) {
        return std::tie(a.assigned, a.worker, a.sequence) <
               std::tie(b.assigned, b.worker, b.sequence);
    });
    for (auto const& each : seen.scores) {
        made.units.push_back({each.arm, how_good(stream, each.score), {}});
    }
    return made;
}

void take(
    const label_epoch_state& epoch,
    std::size_t stream,
    std::int64_t tick,
    label_tick seen,
    control::label_evidence& out
) {
    auto const& asked = epoch.facts.streams[stream];
    if (asked.takes == label_stream::feed::scores) {
        out.units.push_back(units_of(epoch, asked, tick, std::move(seen)));
        return;
    }
    out.ticks.push_back(
        {.outcome = asked.outcome,
         .epoch = epoch.facts.epoch,
         .tick = static_cast<std::uint64_t>(tick),
         .masses = epoch.facts.masses,
         .counts = std::move(seen.counts)}
    );
}

/// Takes every tick that is over. @return  true when the epoch has no more for this stream
bool read_stream(
    label_epoch_state& epoch, std::size_t stream, std::int64_t now, control::label_evidence& out
) {
    auto const& asked = epoch.facts.streams[stream];
    auto& state = epoch.streams[stream];
    // The first tick that is not over.
    auto const age = age_seconds(asked) + recording_seconds;
    auto limit = tick_of(asked, std::max<std::int64_t>(now - age, 0));
    if (epoch.ended) {
        limit = std::min(limit, tick_of(asked, *epoch.ended) + 1);
    }
    auto const past = state.open.lower_bound(limit);
    for (auto at = state.open.begin(); at != past; ++at) {
        take(epoch, stream, at->first, std::move(at->second), out);
    }
    state.open.erase(state.open.begin(), past);
    state.next = std::max(state.next, limit);
    return epoch.ended && state.next > tick_of(asked, *epoch.ended);
}

/// @param epochs  of one route, const or not
template <class Epochs>
auto epoch_of(Epochs& epochs, const label& seen) {
    return std::find_if(epochs.begin(), epochs.end(), [&seen](const auto& each) {
        return each.facts.epoch == seen.of.epoch;
    });
}

label_epoch_state state_of(control::label_epoch facts, std::int64_t now) {
    label_epoch_state made;
    for (auto const& version : facts.versions) {
        made.version_ids.push_back(routing::name_id_of(version));
    }
    for (auto const& stream : facts.streams) {
        made.streams.push_back({tick_of(stream, now - clock_slack_seconds), {}});
    }
    made.facts = std::move(facts);
    return made;
}

}  // namespace

std::int64_t label_tick_seconds(rollout::milliseconds age) noexcept {
    return std::max<std::int64_t>(1, std::chrono::floor<seconds>(age / 32).count());
}

label_ledger::label_ledger(wall_clock now) : now_{std::move(now)} {}

void label_ledger::begin(std::string_view route, control::label_epoch epoch) {
    std::lock_guard const lock{mutex_};
    auto& known = routes_[routing::name_id_of(route)];
    if (!known.empty() && known.back().facts.rollout != epoch.rollout) {
        known.clear();
    }
    auto const same = std::find_if(known.begin(), known.end(), [&epoch](const auto& each) {
        return each.facts.epoch == epoch.epoch;
    });
    if (same == known.end()) {
        known.push_back(state_of(std::move(epoch), now_()));
    }
}

void label_ledger::finish_before(std::string_view route) {
    std::lock_guard const lock{mutex_};
    auto& known = routes_[routing::name_id_of(route)];
    for (std::size_t i = 0; i + 1 < known.size(); ++i) {
        known[i].ended = known[i].ended.value_or(now_());
    }
}

void label_ledger::finish_all(std::string_view route) {
    std::lock_guard const lock{mutex_};
    for (auto& each : routes_[routing::name_id_of(route)]) {
        each.ended = each.ended.value_or(now_());
    }
}

control::label_evidence label_ledger::read(std::string_view route) {
    control::label_evidence out;
    std::lock_guard const lock{mutex_};
    auto const found = routes_.find(routing::name_id_of(route));
    if (found == routes_.end() || found->second.empty()) {
        return out;
    }
    auto& known = found->second;
    auto const now = now_();
    std::size_t done = known.size();
    for (std::size_t stream = 0; stream < known.front().streams.size(); ++stream) {
        // A later epoch's ticks wait until the earlier one's have entered.
        std::size_t read = 0;
        while (read < known.size() && read_stream(known[read], stream, now, out)) {
            ++read;
        }
        done = std::min(done, read);
    }
    // The newest stays, so that its rollout is known.
    done = std::min(done, known.size() - 1);
    known.erase(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(done));
    return out;
}

std::string label_ledger::progress(std::string_view route) {
    std::lock_guard const lock{mutex_};
    auto const found = routes_.find(routing::name_id_of(route));
    return found == routes_.end() || found->second.empty() ? std::string{} : to_text(found->second);
}

bool label_ledger::restore(std::string_view route, std::string_view progress) {
    auto restored = epochs_from_text(progress);
    if (!restored) {
        return false;
    }
    std::lock_guard const lock{mutex_};
    routes_.insert_or_assign(routing::name_id_of(route), std::move(*restored));
    return true;
}

void label_ledger::end(std::string_view route, journal::rollout_id rollout) {
    std::lock_guard const lock{mutex_};
    auto const found = routes_.find(routing::name_id_of(route));
    if (found != routes_.end() && !found->second.empty() &&
        found->second.back().facts.rollout == rollout) {
        routes_.erase(found);
    }
}

label_ledger::fit label_ledger::look(const label& at) const {
    std::lock_guard const lock{mutex_};
    auto const route = routes_.find(at.of.route);
    if (route == routes_.end() || route->second.empty()) {
        return fit::unjudged;
    }
    auto const epoch = epoch_of(route->second, at);
    if (epoch == route->second.end()) {
        return fit::unknown;
    }
    if (!arm_of(*epoch, at.of.version)) {
        return fit::unjudged;
    }
    auto answer = fit::unjudged;
    for (std::size_t i = 0; i < epoch->streams.size(); ++i) {
        auto const& asked = epoch->facts.streams[i];
        auto const tick = tick_of(asked, at.of.unix_seconds);
        if (!takes(asked, at.kind)) {
            continue;
        }
        if (is_open(*epoch, i, tick) && !is_over(asked, tick, now_())) {
            return fit::counts;
        }
        answer = fit::late;
    }
    return answer;
}

bool label_ledger::count(const label& seen) {
    std::lock_guard const lock{mutex_};
    auto const route = routes_.find(seen.of.route);
    if (route == routes_.end()) {
        return false;
    }
    auto const epoch = epoch_of(route->second, seen);
    auto const arm = epoch == route->second.end() ? std::nullopt : arm_of(*epoch, seen.of.version);
    if (!arm) {
        return false;
    }
    bool counted = false;
    for (std::size_t i = 0; i < epoch->streams.size(); ++i) {
        auto const& asked = epoch->facts.streams[i];
        auto const tick = tick_of(asked, seen.of.unix_seconds);
        if (!takes(asked, seen.kind) || !is_open(*epoch, i, tick)) {
            continue;
        }
        counted = true;
        auto& of_tick = epoch->streams[i].open[tick];
        of_tick.counts.resize(epoch->version_ids.size());
        if (seen.kind == label_kind::score) {
            scores_dropped_ += add_score(of_tick, *arm, seen);
            continue;
        }
        auto& counts = of_tick.counts[*arm];
        counts.count += 1;
        counts.bad += seen.value < 0.5 ? 1 : 0;
    }
    return counted;
}

std::uint64_t label_ledger::scores_dropped() const {
    std::lock_guard const lock{mutex_};
    return scores_dropped_;
}

}  // namespace millrace::feedback
