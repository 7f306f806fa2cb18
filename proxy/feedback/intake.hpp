#pragma once

#include "proxy/feedback/feedback_body.hpp"
#include "proxy/feedback/label.hpp"
#include "proxy/feedback/label_ledger.hpp"
#include "proxy/feedback/prediction_store.hpp"
#include "proxy/feedback/reception.hpp"
#include "proxy/feedback/route_directory.hpp"
#include "proxy/feedback/seen_exchanges.hpp"
#include "proxy/journal/records.hpp"
#include "proxy/metrics/label_totals.hpp"
#include "proxy/server/label_outlet.hpp"
#include "proxy/server/worker_context.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millrace::feedback {

/// What is counted of labels besides the evidence.
struct intake_counts {
    std::array<std::uint64_t, receptions> received{};  ///< of POST /feedback
    std::array<std::uint64_t, receptions> answers{};   ///< of answers themselves
    std::map<std::pair<std::uint32_t, std::uint32_t>, metrics::version_labels>
        versions;  ///< by name ids of route and backend
    std::uint64_t predictions_dropped = 0;
};

/// What one call of POST /feedback came to, item by item.
struct judged {
    std::vector<reception> receptions;         ///< one per item
    std::vector<std::string> details;          ///< likewise; mostly empty
    std::vector<label> labels;                 ///< that are to be recorded, then settled
    std::vector<std::size_t> items_of_labels;  ///< which item each of them is
};

/// Takes labels in: verifies ids, finds duplicates, compares predictions with the truth, and
/// counts. A label is recorded between judge() and settle(): only then it counts. Lifetime: a value
/// beside its parts. Thread: one at a time, but for the ledger.
///
///   auto made = intake.judge(body.items, now);
///   writer.commit(intake.rows_of(made, now), [&](auto error) { intake.settle(made, error.empty());
///   })
class intake {
 public:
    struct parts {
        label_ledger& ledger;
        const server::label_outlets* outlets = nullptr;  ///< null: no exchange is known to run
        std::uint32_t incarnation = 0;                   ///< of this process
        std::set<std::uint32_t> incarnations;            ///< whose ids are ours; this one's too
        std::uint32_t age_max = 3'600;                   ///< seconds
        std::size_t predictions_max = 100'000;
        std::size_t blocks_max = 16'384;  ///< of seen_exchanges, of each kind: 64 MiB
    };

    explicit intake(parts with);

    void set_ids(std::shared_ptr<const server::id_settings> ids) { ids_ = std::move(ids); }

    void set_routes(route_directory_ptr routes) { routes_ = std::move(routes); }

    /// Ids of these processes are ours too.
    void add_incarnations(const std::vector<std::uint32_t>& ours) {
        parts_.incarnations.insert(ours.begin(), ours.end());
    }

    [[nodiscard]] std::uint32_t incarnation() const noexcept { return parts_.incarnation; }

    /// True when some item is about an exchange that has not ended: worth a moment's patience.
    [[nodiscard]] bool any_early(const std::vector<feedback_item>& items) const;

    /// @param now  Unix seconds
    [[nodiscard]] judged judge(const std::vector<feedback_item>& items, std::int64_t now);

    [[nodiscard]] static std::vector<journal::label_row> rows_of(
        const judged& made, std::int64_t now
    );

    /// Counts what was recorded, or takes it all back.
    void settle(judged& made, bool recorded);

    /// What an answer said about itself: predictions are remembered, labels count at once, for
    /// nobody was promised that they last.
    void take_note(const server::answer_note& note, std::int64_t now);

    /// A label that an earlier process recorded.
    void take_row(const journal::label_row& row);

    /// Forgets what is too old to be asked for.
    void forget_old(std::int64_t now);

    [[nodiscard]] const intake_counts& counted() const noexcept { return counts_; }

    [[nodiscard]] std::size_t predictions() const noexcept { return predictions_.size(); }

 private:
    struct finding {
        reception what = reception::accepted;
        std::string detail;
    };

    [[nodiscard]] finding judge_item(
        const feedback_item& item, std::int64_t now, std::vector<label>& out
    );
    [[nodiscard]] finding judge_label(const label& made, std::int64_t now);
    [[nodiscard]] finding read_item(
        const feedback_item& item, const server::exchange_id& id, label& out
    ) const;
    [[nodiscard]] bool is_running(const server::exchange_id& id) const;
    void count(const label& seen);

    parts parts_;
    std::shared_ptr<const server::id_settings> ids_;
    route_directory_ptr routes_ = std::make_shared<const route_directory>();
    std::array<seen_exchanges, label_kinds> seen_;
    prediction_store predictions_;
    intake_counts counts_;
};

}  // namespace millrace::feedback
