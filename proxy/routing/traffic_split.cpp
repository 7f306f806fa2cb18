#include "proxy/routing/traffic_split.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/base/random.hpp"
#include "proxy/routing/rounding.hpp"

#include <algorithm>

namespace millrace::routing {

namespace {

/// [begin, end) belongs to `version`.
struct range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t version = 0;

    [[nodiscard]] std::uint32_t size() const noexcept { return end - begin; }
};

/// A partition that is being changed: ranges in order, without gaps.
class partition_draft {
 public:
    partition_draft(std::vector<range> ranges, std::uint64_t cut_seed)
        : ranges_(std::move(ranges)), cuts_(cut_seed) {}

    /// Hands `amount` units over, whole ranges first.
    void move(std::uint32_t from, std::uint32_t to, std::uint32_t amount) {
        while (amount > 0) {
            std::size_t const whole = best_whole(from, to, amount);
            if (whole == ranges_.size()) {
                cut(from, to, amount);
                return;
            }
            amount -= ranges_[whole].size();
            ranges_[whole].version = to;
            join();
        }
    }

    [[nodiscard]] const std::vector<range>& ranges() const noexcept { return ranges_; }

 private:
    [[nodiscard]] bool owned_by(std::size_t at, std::uint32_t version) const noexcept {
        return at < ranges_.size() && ranges_[at].version == version;
    }

    /// Neighbours of the range that the version holds: 0, 1 or 2. Before the first wraps to npos.
    [[nodiscard]] int neighbours(std::size_t at, std::uint32_t version) const noexcept {
        return int{owned_by(at - 1, version)} + int{owned_by(at + 1, version)};
    }

    /// The range of `from` that fits into `amount` and joins most ranges of `to`, then the largest:
    /// both keep the number of ranges low. ranges_.size() when none fits.
    [[nodiscard]] std::size_t best_whole(std::uint32_t from, std::uint32_t to, std::uint32_t amount)
        const noexcept {
        std::size_t best = ranges_.size();
        for (std::size_t i = 0; i < ranges_.size(); ++i) {
            if (!owned_by(i, from) || ranges_[i].size() > amount) {
                continue;
            }
            if (best == ranges_.size() || neighbours(i, to) > neighbours(best, to) ||
                (neighbours(i, to) == neighbours(best, to) &&
                 ranges_[i].size() > ranges_[best].size())) {
                best = i;
            }
        }
        return best;
    }

    /// Takes `amount` units out of one range of `from`; each of them is larger than that. Beside a
    /// range of `to` only the boundary moves. A newcomer's place is drawn from the whole of `from`,
    /// so that it is not always the same units that try new versions.
    void cut(std::uint32_t from, std::uint32_t to, std::uint32_t amount) {
        bool newcomer = true;
        for (std::size_t i = 0; i < ranges_.size(); ++i) {
            newcomer = newcomer && !owned_by(i, to);
            if (owned_by(i, from) && neighbours(i, to) > 0) {
                split_off(i, owned_by(i - 1, to) ? 0 : ranges_[i].size() - amount, amount, to);
                return;
            }
        }
        std::size_t const chosen = drawn_range(from);
        std::uint32_t const slack = ranges_[chosen].size() - amount;
        std::uint32_t const offset = newcomer ? cuts_.below(slack + 1) : cuts_.below(2) * slack;
        split_off(chosen, offset, amount, to);
    }

    /// A range of `version`, each with the probability of its size.
    std::size_t drawn_range(std::uint32_t version) {
        std::uint32_t total = 0;
        for (auto const& each : ranges_) {
            total += each.version == version ? each.size() : 0;
        }
        std::uint32_t point = cuts_.below(total);
        for (std::size_t i = 0; i < ranges_.size(); ++i) {
            if (!owned_by(i, version)) {
                continue;
            }
            if (point < ranges_[i].size()) {
                return i;
            }
            point -= ranges_[i].size();
        }
        MILLRACE_ASSERT(false);
    }

    void split_off(std::size_t at, std::uint32_t offset, std::uint32_t amount, std::uint32_t to) {
        range const old = ranges_[at];
        std::uint32_t const begin = old.begin + offset;
        range const parts[] = {
            {old.begin, begin, old.version},
            {begin, begin + amount, to},
            {begin + amount, old.end, old.version},
        };
        auto const place = ranges_.begin() + static_cast<std::ptrdiff_t>(at);
        ranges_.insert(ranges_.erase(place), std::begin(parts), std::end(parts));
        std::erase_if(ranges_, [](const range& each) { return each.size() == 0; });
        join();
    }

    /// Makes one range of neighbours that belong to the same version.
    void join() {
        std::size_t last = 0;
        for (std::size_t i = 1; i < ranges_.size(); ++i) {
            if (ranges_[i].version == ranges_[last].version) {
                ranges_[last].end = ranges_[i].end;
            } else {
                ranges_[++last] = ranges_[i];
            }
        }
        ranges_.resize(last + 1);
    }

    std::vector<range> ranges_;
    random_source cuts_;
};

/// Hands over what each donor has too much to those who have too little, both in order: at most
/// donors + receivers - 1 moves.
void settle(
    partition_draft& draft, std::vector<std::uint32_t> old, const std::vector<std::uint32_t>& goal
) {
    std::uint32_t receiver = 0;
    for (std::uint32_t donor = 0; donor < old.size(); ++donor) {
        while (old[donor] > goal[donor]) {
            while (old[receiver] >= goal[receiver]) {
                ++receiver;
            }
            std::uint32_t const amount =
                std::min(old[donor] - goal[donor], goal[receiver] - old[receiver]);
            draft.move(donor, receiver, amount);
            old[donor] -= amount;
            old[receiver] += amount;
        }
    }
}

/// Who stands for each old version. One that is gone lives on behind the others, with the goal of
/// holding nothing.
std::vector<std::uint32_t> owners_after(
    std::span<const std::optional<std::uint16_t>> places, std::size_t versions
) {
    std::vector<std::uint32_t> owners;
    owners.reserve(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        MILLRACE_ASSERT(!places[i] || *places[i] < versions);
        owners.push_back(static_cast<std::uint32_t>(places[i] ? *places[i] : versions + i));
    }
    return owners;
}

std::vector<range> ranges_of(
    std::span<const traffic_split::piece> pieces, std::span<const std::uint32_t> owners
) {
    std::vector<range> ranges;
    ranges.reserve(pieces.size());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        std::uint32_t const end =
            i + 1 < pieces.size() ? pieces[i + 1].begin : traffic_split::units;
        ranges.push_back({pieces[i].begin, end, owners[pieces[i].version]});
    }
    return ranges;
}

bool all_zero(std::span<const weight> weights) {
    return std::all_of(weights.begin(), weights.end(), [](weight each) { return each.value == 0; });
}

}  // namespace

traffic_split::traffic_split(std::span<const weight> weights) : masses_(weights.size(), 0) {
    MILLRACE_ASSERT(weights.size() <= versions_max);
    if (all_zero(weights)) {
        return;
    }
    masses_ = rounded_masses(weights, {});
    std::uint32_t begin = 0;
    for (std::size_t i = 0; i < masses_.size(); ++i) {
        if (masses_[i] > 0) {
            pieces_.push_back({static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(i)});
            begin += masses_[i];
        }
    }
}

std::optional<traffic_split> traffic_split::from_pieces(
    std::span<const piece> pieces, std::size_t versions
) {
    if (versions > versions_max || (!pieces.empty() && pieces.front().begin != 0)) {
        return std::nullopt;
    }
    traffic_split split;
    split.masses_.assign(versions, 0);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        std::uint32_t const end = i + 1 < pieces.size() ? pieces[i + 1].begin : units;
        if (pieces[i].version >= versions || end <= pieces[i].begin) {
            return std::nullopt;
        }
        split.masses_[pieces[i].version] += end - pieces[i].begin;
        if (split.pieces_.empty() || split.pieces_.back().version != pieces[i].version) {
            split.pieces_.push_back(pieces[i]);
        }
    }
    return split;
}

traffic_split traffic_split::rebalanced(std::span<const weight> next, std::uint64_t cut_seed)
    const {
    std::vector<std::optional<std::uint16_t>> places(masses_.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        places[i] = static_cast<std::uint16_t>(i);
    }
    return carried_over(places, next, cut_seed);
}

traffic_split traffic_split::carried_over(
    std::span<const std::optional<std::uint16_t>> places,
    std::span<const weight> next,
    std::uint64_t cut_seed
) const {
    MILLRACE_ASSERT(places.size() == masses_.size() && next.size() <= versions_max);
    if (empty() || all_zero(next)) {
        return traffic_split{next};
    }
    auto const owners = owners_after(places, next.size());
    std::vector<std::uint32_t> old(next.size() + masses_.size(), 0);
    for (std::size_t i = 0; i < masses_.size(); ++i) {
        old[owners[i]] += masses_[i];
    }
    auto goal = rounded_masses(next, std::span{old}.first(next.size()));
    goal.resize(old.size(), 0);

    partition_draft draft{ranges_of(pieces_, owners), cut_seed};
    settle(draft, std::move(old), goal);

    traffic_split split;
    goal.resize(next.size());
    split.masses_ = std::move(goal);
    for (auto const& each : draft.ranges()) {
        split.pieces_.push_back(
            {static_cast<std::uint16_t>(each.begin), static_cast<std::uint16_t>(each.version)}
        );
    }
    return split;
}

}  // namespace millrace::routing
