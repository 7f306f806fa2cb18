#include "proxy/rollout/archive.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace millrace::rollout {

namespace {

// Rises when what is written changes its order or its meaning.
constexpr std::uint32_t layout = 2;

template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// Appends values in the order in which fields() names them.
class writer {
 public:
    static constexpr bool reads = false;

    template <Number T>
    void operator()(T& value) {
        std::array<char, sizeof(T)> raw{};
        std::memcpy(raw.data(), &value, sizeof value);
        bytes_.append(raw.data(), raw.size());
    }

    void operator()(std::string& value) {
        auto size = static_cast<std::uint32_t>(value.size());
        (*this)(size);
        bytes_ += value;
    }

    [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
    std::string bytes_;
};

/// Reads them back. After the first value that is not there everything is zero.
class reader {
 public:
    static constexpr bool reads = true;

    explicit reader(std::string_view bytes) : left_{bytes} {}

    template <Number T>
    void operator()(T& value) {
        if (left_.size() < sizeof value) {
            whole_ = false;
            value = T{};
            return;
        }
        if constexpr (std::is_same_v<T, bool>) {
            whole_ = whole_ && static_cast<unsigned char>(left_.front()) <= 1;
            value = left_.front() == 1;
        } else {
            std::memcpy(&value, left_.data(), sizeof value);
        }
        left_.remove_prefix(sizeof value);
    }

    void operator()(std::string& value) {
        std::uint32_t size = 0;
        (*this)(size);
        if (left_.size() < size) {
            whole_ = false;
            return;
        }
        value.assign(left_.substr(0, size));
        left_.remove_prefix(size);
    }

    /// A count of things that take a byte each at least.
    [[nodiscard]] bool may_hold(std::uint32_t count) {
        whole_ = whole_ && count <= left_.size();
        return whole_;
    }

    [[nodiscard]] bool is_whole() const { return whole_ && left_.empty(); }

    void refuse() { whole_ = false; }

 private:
    std::string_view left_;
    bool whole_ = true;
};

static_assert(std::endian::native == std::endian::little, "numbers are stored as little endian");

// What belongs to each type, in order; one function serves both directions.

template <class Archive, class T>
void fields(Archive& with, std::vector<T>& all);
template <class Archive, class T>
void fields(Archive& with, std::optional<T>& value);

template <class Archive, Number T>
void fields(Archive& with, T& value) {
    with(value);
}

template <class Archive>
void fields(Archive& with, std::string& value) {
    with(value);
}

template <class Archive>
void fields(Archive& with, milliseconds& value) {
    auto count = value.count();
    with(count);
    value = milliseconds{count};
}

template <class Archive, std::size_t Accounts>
void fields(Archive& with, stats::capital<Accounts>& value) {
    for (auto& part : value.log_parts) {
        with(part);
    }
}

template <class Archive, std::size_t Accounts>
void fields(Archive& with, stats::mixture_state<Accounts>& value) {
    fields(with, value.held);
    with(value.past.bad);
    with(value.past.outcomes);
    with(value.excluded);
}

template <class Archive>
void fields(Archive& with, stats::slo_rollback::state& value) {
    fields(with, value.breach);
    fields(with, value.worse);
}

template <class Archive>
void fields(Archive& with, stats::arm_moments& value) {
    with(value.count);
    with(value.sum);
    with(value.squares);
}

template <class Archive>
void fields(Archive& with, stats::contrast_bet::state& value) {
    with(value.log_k);
    fields(with, value.past.a);
    fields(with, value.past.b);
    with(value.excluded);
}

/// The kind first; reading, the state must be of the kind that stands there already.
template <class Archive>
void fields(Archive& with, evidence_state& value) {
    auto kind = static_cast<std::uint32_t>(value.index());
    auto const expected = kind;
    with(kind);
    if constexpr (Archive::reads) {
        if (kind != expected) {
            with.refuse();
            return;
        }
    }
    std::visit([&with](auto& state) { fields(with, state); }, value);
}

template <class Archive>
void fields(Archive& with, stats::arm_tick& value) {
    with(value.count);
    with(value.bad);
}

template <class Archive>
void fields(Archive& with, trial::test_state& value) {
    fields(with, value.whole);
    fields(with, value.step);
}

template <class Archive>
void fields(Archive& with, trial::guard_state& value) {
    fields(with, value.primary);
    fields(with, value.candidate);
}

template <class Archive, std::size_t Count>
void fields(Archive& with, std::array<double, Count>& value) {
    for (auto& each : value) {
        with(each);
    }
}

template <class Archive>
void fields(Archive& with, reward_trial& value) {
    fields(with, value.better);
    fields(with, value.better_step);
    fields(with, value.worse);
    fields(with, value.difference.log_above);
    fields(with, value.difference.log_below);
    fields(with, value.difference.past.a);
    fields(with, value.difference.past.b);
    with(value.difference.excluded);
    with(value.candidate_in_step);
    with(value.pi);
}

template <class Archive>
void fields(Archive& with, mirror_trial& value) {
    fields(with, value.harm);
    fields(with, value.margin);
    with(value.pairs);
}

template <class Archive>
void fields(Archive& with, trial::outcome_counts& value) {
    fields(with, value.primary);
    fields(with, value.candidate);
    with(value.candidate_in_step);
    with(value.pi);
}

template <class Archive>
void fields(Archive& with, trial::stream_state& value) {
    fields(with, value.ratio);
    with(value.broken);
}

/// Of as many elements as stand there already.
template <class Archive, class T>
void elements(Archive& with, std::vector<T>& all) {
    auto count = static_cast<std::uint32_t>(all.size());
    with(count);
    if constexpr (Archive::reads) {
        if (count != all.size()) {
            with.refuse();
            return;
        }
    }
    for (auto& each : all) {
        fields(with, each);
    }
}

template <class Archive>
void fields(Archive& with, trial& value) {
    elements(with, value.tests);
    elements(with, value.guards);
    elements(with, value.counts);
    elements(with, value.arrivals);
    elements(with, value.rewards);
    elements(with, value.mirrored);
    fields(with, value.assignments);
}

template <class Archive>
void fields(Archive& with, candidate_state& value) {
    with(value.share);
    with(value.out);
    with(value.why_out);
}

template <class Archive>
void fields(Archive& with, state& value) {
    with(value.phase);
    with(value.verdict);
    with(value.step);
    elements(with, value.candidates);
    with(value.winner);
    fields(with, value.step_since);
    with(value.paused);
    with(value.approved);
    with(value.incident);
    with(value.load);
    with(value.stepped_down);
    with(value.batch);
    fields(with, value.batch_since);
    fields(with, value.assignment_broken_since);
    with(value.awaited);
    with(value.confirmed);
}

template <class Archive>
void fields(Archive& with, outcome_tick& value) {
    with(value.outcome);
    with(value.epoch);
    with(value.tick);
    fields(with, value.masses);
    fields(with, value.counts);
}

template <class Archive>
void fields(Archive& with, version_reading& value) {
    with(value.state);
    with(value.value);
    fields(with, value.sample_size);
}

template <class Archive>
void fields(Archive& with, metric_reading& value) {
    with(value.metric);
    fields(with, value.versions);
}

template <class Archive>
void fields(Archive& with, checkpoints& value) {
    with(value.start);
    with(value.step);
    with(value.promotion);
}

template <class Archive>
void fields(Archive& with, unit_outcome& value) {
    with(value.arm);
    with(value.value);
    fields(with, value.masses);
}

template <class Archive>
void fields(Archive& with, unit_tick& value) {
    with(value.outcome);
    with(value.epoch);
    with(value.tick);
    fields(with, value.masses);
    fields(with, value.units);
}

template <class Archive>
void fields(Archive& with, mirrored_tick& value) {
    with(value.outcome);
    with(value.candidate);
    with(value.tick);
    with(value.seen.pairs);
    with(value.seen.both_bad);
    with(value.seen.only_a_bad);
    with(value.seen.only_b_bad);
}

template <class Archive>
void fields(Archive& with, input& value) {
    fields(with, value.now);
    fields(with, value.ticks);
    fields(with, value.units);
    fields(with, value.mirrored);
    fields(with, value.commands);
    fields(with, value.epoch);
    fields(with, value.committed);
    fields(with, value.readings);
    fields(with, value.to_confirm);
}

template <class Archive, class T>
void fields(Archive& with, std::vector<T>& all) {
    auto count = static_cast<std::uint32_t>(all.size());
    with(count);
    if constexpr (Archive::reads) {
        if (!with.may_hold(count)) {
            return;
        }
        all.resize(count);
    }
    for (auto& each : all) {
        fields(with, each);
    }
}

template <class Archive, class T>
void fields(Archive& with, std::optional<T>& value) {
    bool there = value.has_value();
    with(there);
    if constexpr (Archive::reads) {
        if (there) {
            value.emplace();
        }
    }
    if (value) {
        fields(with, *value);
    }
}

template <class Archive>
void all_fields(Archive& with, experiment::memory& value) {
    auto version = layout;
    with(version);
    if constexpr (Archive::reads) {
        if (version != layout) {
            with.refuse();
            return;
        }
    }
    fields(with, value.state);
    elements(with, value.trials);
    with(value.step_epoch);
    fields(with, value.route);
    fields(with, value.readings);
}

}  // namespace

std::string to_bytes(const experiment::memory& from) {
    auto copy = from;
    writer out;
    all_fields(out, copy);
    return out.take();
}

std::optional<experiment::memory> memory_from_bytes(
    std::string_view bytes, const experiment& like
) {
    auto made = like.remembered();
    reader in{bytes};
    all_fields(in, made);
    return in.is_whole() ? std::optional{std::move(made)} : std::nullopt;
}

std::string to_bytes(const input& from) {
    auto copy = from;
    writer out;
    fields(out, copy);
    return out.take();
}

std::optional<input> input_from_bytes(std::string_view bytes) {
    input made;
    reader in{bytes};
    fields(in, made);
    return in.is_whole() ? std::optional{std::move(made)} : std::nullopt;
}

}  // namespace millrace::rollout
