#include "proxy/app/replay.hpp"

#include "proxy/app/build_identity.hpp"
#include "proxy/app/commit_renderer.hpp"
#include "proxy/app/journal_rows.hpp"
#include "proxy/app/json_difference.hpp"
#include "proxy/config/dump.hpp"
#include "proxy/control/rollout_runner.hpp"
#include "proxy/rollout/archive.hpp"
#include "proxy/rollout/marked.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace millrace::app {

namespace {

namespace json = boost::json;
using journal::checkpoint_row;
using journal::decision_row;

constexpr double tolerance_elsewhere = 1e-9;
constexpr std::size_t decisions_at_once = 256;
constexpr std::size_t checkpoints_at_once = 64;

/// Recorded rows of a rollout, in order, a page at a time.
template <class Row>
class recorded {
 public:
    /// The rows behind those of the call before; none, and perhaps an error, at the end.
    using next_page = std::function<std::vector<Row>(std::string& error)>;

    recorded(std::size_t rows_at_once, next_page read)
        : rows_at_once_{rows_at_once}, read_{std::move(read)} {}

    /// Null when there are no more, or an error.
    const Row* front(std::string& error) {
        if (next_ == page_.size() && !over_) {
            page_ = read_(error);
            over_ = page_.size() < rows_at_once_;
            next_ = 0;
        }
        return next_ == page_.size() ? nullptr : &page_[next_];
    }

    void pop() { ++next_; }

 private:
    std::size_t rows_at_once_;
    next_page read_;
    std::vector<Row> page_;
    std::size_t next_ = 0;
    bool over_ = false;
};

recorded<decision_row> decisions_of(const journal::reader& from, journal::rollout_id rollout) {
    auto read = [&from, rollout, last = std::int64_t{0}](std::string& error) mutable {
        auto page = from.decisions(rollout, last, decisions_at_once, error);
        last = page.empty() ? last : page.back().id;
        return page;
    };
    return {decisions_at_once, std::move(read)};
}

recorded<checkpoint_row> checkpoints_of(const journal::reader& from, journal::rollout_id rollout) {
    auto read = [&from, rollout, first = std::uint64_t{0}](std::string& error) mutable {
        auto page = from.checkpoints(rollout, first, checkpoints_at_once, error);
        first = page.empty() ? first : page.back().sequence + 1;
        return page;
    };
    return {checkpoints_at_once, std::move(read)};
}

std::string text_in(const json::object& of, std::string_view key) {
    auto const* const value = of.if_contains({key.data(), key.size()});
    return value != nullptr && value->is_string() ? std::string{value->get_string().c_str()}
                                                  : std::string{};
}

/// As parsed; an empty object when it is none.
json::object parsed(const std::string& text) {
    json::error_code failed;
    auto value = json::parse(text, failed);
    return !failed && value.is_object() ? std::move(value.get_object()) : json::object{};
}

/// One rollout while it is fed again.
class replayer {
 public:
    replayer(
        const journal::reader& from,
        const journal::rollout_row& row,
        rollout::params chosen,
        std::optional<double> tolerance
    )
        : from_{from},
          row_{row},
          params_{chosen},
          experiment_{
              std::move(chosen),
              control::age_limit(row.total_timeout),
              rollout::experiment::commitment::when_recorded},
          recorded_{decisions_of(from, row.id)},
          checkpoints_{checkpoints_of(from, row.id)},
          given_tolerance_{tolerance} {
        report_.rollout = row.id;
        report_.route = row.route;
    }

    replay_report run() {
        feed_all();
        // An error of the reader: a row is not what was written, or cannot be read.
        report_.is_damaged = !report_.error.empty() && !is_foreign_;
        return std::move(report_);
    }

 private:
    void feed_all() {
        auto const* const first = checkpoints_.front(report_.error);
        if (first == nullptr) {
            if (report_.error.empty()) {
                refuse("its inputs are not kept any more");
            }
            return;
        }
        report_.begins = fmt::format("{} at {}", first->kind, first->wall_clock);
        report_.first_input = first->sequence;
        next_ = first->sequence;
        auto const failed = from_.inputs(row_.id, [this](const auto& row) { return feed(row); });
        if (report_.error.empty()) {
            report_.error = failed;
        }
        if (report_.error.empty()) {
            finish();
        }
    }

    void refuse(std::string why) {
        report_.error = std::move(why);
        is_foreign_ = true;
    }

    void differ(std::string text) {
        if (report_.differences.size() < replay_report::differences_max) {
            report_.differences.push_back(std::move(text));
        }
    }

    [[nodiscard]] bool is_over() const {
        return !report_.error.empty() || next_ >= row_.next_input;
    }

    /// False: no more is wanted.
    bool feed(const journal::input_row& row) {
        if (is_over()) {
            return false;
        }
        // On the way out: the checkpoint that they stood behind has left already.
        if (row.sequence < next_) {
            return true;
        }
        pass_checkpoints(row.sequence);
        if (!report_.error.empty()) {
            return false;
        }
        if (row.sequence != next_) {
            report_.inputs_lost += row.sequence - next_;
            differ(fmt::format("inputs {} to {} are missing", next_, row.sequence - 1));
            return false;
        }
        auto const inputs = inputs_of(row.data, row.inputs);
        if (!inputs) {
            refuse(fmt::format("input {} is of another layout", row.sequence));
            return false;
        }
        for (auto const& each : *inputs) {
            advance(each);
        }
        return !is_over();
    }

    // Checkpoints.

    /// All up to this place in the inputs.
    void pass_checkpoints(std::uint64_t place) {
        for (;;) {
            auto const* const at = checkpoints_.front(report_.error);
            if (at == nullptr || at->sequence > place || !report_.error.empty()) {
                return;
            }
            pass(*at);
            checkpoints_.pop();
        }
    }

    void pass(const checkpoint_row& at) {
        auto memory = rollout::memory_from_bytes(at.memory, experiment_);
        if (!memory) {
            refuse(fmt::format("the checkpoint at input {} is of another layout", at.sequence));
            return;
        }
        bool const is_first = !started_;
        bool const is_behind_gap = at.sequence != next_ || at.kind == checkpoint_kind::after_loss;
        report_.inputs_lost += at.sequence - next_;
        if (at.kind == checkpoint_kind::resumed) {
            ++report_.resumes;
            report_.missing += at.missing;
        }
        if (!is_behind_gap && (!is_first || at.kind == checkpoint_kind::begun)) {
            compare_memory(at, *memory);
        }
        if (is_first || is_behind_gap || at.kind != checkpoint_kind::periodic) {
            experiment_ = fresh();
            experiment_.restore(std::move(*memory));
            is_pending_ = false;
        }
        started_ = true;
        next_ = at.sequence;
        choose_tolerance(at);
    }

    [[nodiscard]] rollout::experiment fresh() const {
        return rollout::experiment{
            params_,
            control::age_limit(row_.total_timeout),
            rollout::experiment::commitment::when_recorded};
    }

    void choose_tolerance(const checkpoint_row& at) {
        bool const same = at.build == build_identity() && at.processor == processor_identity();
        tolerance_ = given_tolerance_.value_or(same ? 0 : tolerance_elsewhere);
        report_.tolerance = std::max(report_.tolerance, tolerance_);
        report_.exact = report_.tolerance == 0;
    }

    /// Whether a memory is what the inputs so far give: with what was proposed, too, and without
    /// candidates that were marked.
    void compare_memory(const checkpoint_row& at, const rollout::experiment::memory& recorded) {
        if (is_same(experiment_.remembered(), recorded) ||
            (experiment_.proposal() && is_same(*experiment_.proposal(), recorded))) {
            report_.memories += tolerance_ == 0 ? 1 : 0;
            return;
        }
        differ(fmt::format(
            "the memory at input {} ({}, {}) is not what the inputs before it give",
            at.sequence,
            at.kind,
            at.wall_clock
        ));
    }

    [[nodiscard]] bool is_same(
        rollout::experiment::memory own, const rollout::experiment::memory& recorded
    ) const {
        std::vector<std::string> marked;
        for (std::size_t i = 0; i < params_.candidates.size(); ++i) {
            auto const& seen = recorded.state.candidates[i];
            if (seen.out && !own.state.candidates[i].out &&
                seen.why_out == rollout::why_out_of_marked) {
                marked.push_back(params_.candidates[i]);
            }
        }
        if (!marked.empty()) {
            rollout::take_out_marked(own.state, params_.candidates, marked);
        }
        // Elsewhere the last digits may be others; the verdicts may not.
        return tolerance_ == 0 ? rollout::to_bytes(own) == rollout::to_bytes(recorded)
                               : own.state == recorded.state;
    }

    // Inputs and decisions.

    void advance(const rollout::input& told) {
        auto const came = experiment_.advance(told);
        ++report_.inputs;
        if (told.committed) {
            if (is_pending_ && *told.committed) {
                differ(fmt::format("what was decided before input {} is not recorded", next_));
            }
            is_pending_ = false;
        }
        auto const after = came.proposed ? experiment_.proposal()->state : experiment_.now();
        auto const rows = take_recorded(static_cast<std::int64_t>(next_));
        // What was proposed and could not be recorded never held.
        if (came.proposed && rows.empty()) {
            is_pending_ = true;
        } else if (rows.size() != came.decisions.size()) {
            differ_in_number(rows, came);
        } else {
            for (std::size_t i = 0; i < rows.size(); ++i) {
                compare(rows[i], {came.decisions[i], told.now, came, after});
            }
        }
        ++next_;
    }

    /// The rows that came of this input. Those before it came of inputs that are not kept.
    std::vector<decision_row> take_recorded(std::int64_t input) {
        std::vector<decision_row> rows;
        for (;;) {
            auto const* const front = recorded_.front(report_.error);
            if (front == nullptr || front->input > input) {
                return rows;
            }
            if (front->input == input) {
                rows.push_back(*front);
            } else {
                pass_unmade(*front);
            }
            recorded_.pop();
        }
    }

    void pass_unmade(const decision_row& row) {
        bool const has_input =
            row.input >= 0 && static_cast<std::uint64_t>(row.input) >= report_.first_input;
        if (has_input) {
            differ(fmt::format("decision {} ({}) was not made again", row.id, row.reason));
        } else {
            ++report_.decisions_without_inputs;
        }
    }

    void differ_in_number(const std::vector<decision_row>& rows, const rollout::output& came) {
        std::string recorded;
        for (auto const& each : rows) {
            recorded += fmt::format("{}{}", recorded.empty() ? "" : ", ", each.reason);
        }
        std::string made;
        for (auto const& each : came.decisions) {
            made += fmt::format("{}{}", made.empty() ? "" : ", ", rollout::name_of(each.why));
        }
        differ(fmt::format("at input {}: recorded [{}], recomputed [{}]", next_, recorded, made));
    }

    struct recomputed {
        const rollout::decision& decision;
        rollout::milliseconds at;
        const rollout::output& came;
        const rollout::state& after;
    };

    void compare(const decision_row& row, const recomputed& made) {
        auto const evidence = parsed(row.evidence);
        auto const again = decision_row_of(
            {.route = row.route,
             .rollout = row.rollout,
             .time = row.wall_clock,
             .at = made.at,
             .decision = made.decision,
             .who = text_in(evidence, "who"),
             .why = text_in(evidence, "why"),
             .evidence = made.came.evidence,
             .before = made.came.before,
             .after = made.after},
            params_,
            row.config_hash,
            row.input
        );
        if (auto const found = difference_of(row, again)) {
            differ(fmt::format(
                "decision {} ({}, {}, input {}): {}",
                row.id,
                row.reason,
                row.wall_clock,
                row.input,
                *found
            ));
        } else {
            ++report_.decisions;
        }
    }

    [[nodiscard]] std::optional<std::string> difference_of(
        const decision_row& row, const decision_row& again
    ) const {
        if (tolerance_ == 0 && row.evidence == again.evidence && row.summary == again.summary &&
            row.shares_before == again.shares_before) {
            return std::nullopt;
        }
        auto one = parsed(row.evidence);
        auto other = parsed(again.evidence);
        if (tolerance_ != 0) {
            one.erase("detail");  // a sentence with rounded numbers
            other.erase("detail");
        }
        for (auto* const each : {&one, &other}) {
            auto const& before = each == &one ? row.shares_before : again.shares_before;
            (*each)["shares_before"] = before;
        }
        auto found = first_difference(one, other, tolerance_);
        // As numbers they are equal, but not as bits.
        return found || tolerance_ != 0 ? found : std::optional<std::string>{"other bits"};
    }

    void finish() {
        pass_checkpoints(next_);
        while (auto const* const row = recorded_.front(report_.error)) {
            // What came after the row was read is not looked at.
            if (row->input < static_cast<std::int64_t>(row_.next_input)) {
                pass_unmade(*row);
            }
            recorded_.pop();
        }
        auto const last = rollout::memory_from_bytes(row_.memory, experiment_);
        bool const comparable = started_ && last && next_ == row_.next_input;
        if (report_.error.empty() && comparable) {
            checkpoint_row at;
            at.sequence = next_;
            at.kind = "the last commit";
            at.wall_clock = row_.wall_clock;
            compare_memory(at, *last);
        }
    }

    const journal::reader& from_;
    const journal::rollout_row& row_;
    rollout::params params_;
    rollout::experiment experiment_;
    recorded<decision_row> recorded_;
    recorded<checkpoint_row> checkpoints_;
    std::optional<double> given_tolerance_;
    double tolerance_ = 0;
    std::uint64_t next_ = 0;
    bool started_ = false;
    bool is_pending_ = false;  // decisions that were proposed and are not recorded
    bool is_foreign_ = false;  // the error is no damage
    replay_report report_;
};

replay_report failed(journal::rollout_id rollout, std::string error) {
    replay_report report;
    report.rollout = rollout;
    report.error = std::move(error);
    return report;
}

}  // namespace

replay_report replay(
    const journal::reader& from, journal::rollout_id rollout, std::optional<double> tolerance
) {
    constexpr int tries = 3;
    for (int i = 0;; ++i) {
        std::string error;
        auto const row = from.rollout(rollout, error);
        if (!row) {
            return failed(rollout, error.empty() ? "there is no such rollout" : error);
        }
        auto params = config::rollout_from_json(row->params);
        if (!params) {
            return failed(rollout, "its parameters are not of this version");
        }
        params->attempt = row->attempt;
        auto report = replayer{from, *row, std::move(*params), tolerance}.run();
        // A gateway at work may have dropped what was about to be read.
        auto const first = from.checkpoints(rollout, 0, 1, error);
        bool const is_whole = first.empty() || first.front().sequence == report.first_input;
        if (is_whole || i + 1 == tries) {
            return report;
        }
    }
}

}  // namespace millrace::app
