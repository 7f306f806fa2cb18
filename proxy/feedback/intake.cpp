#include "proxy/feedback/intake.hpp"

#include "proxy/feedback/comparison.hpp"

#include <utility>

namespace millrace::feedback {

namespace {

std::size_t place_of(label_kind kind) {
    return static_cast<std::size_t>(kind);
}

std::size_t place_of(reception what) {
    return static_cast<std::size_t>(what);
}

std::uint32_t seconds_before(std::int64_t now, std::int64_t age) {
    return static_cast<std::uint32_t>(now > age ? now - age : 0);
}

}  // namespace

intake::intake(parts with)
    : parts_{std::move(with)},
      seen_{seen_exchanges{parts_.blocks_max}, seen_exchanges{parts_.blocks_max}},
      predictions_{parts_.predictions_max} {}

bool intake::is_running(const server::exchange_id& id) const {
    auto const* const outlets = parts_.outlets;
    return id.incarnation == parts_.incarnation && outlets != nullptr &&
           id.worker < outlets->size() && !(*outlets)[id.worker]->has_ended(id.sequence);
}

bool intake::any_early(const std::vector<feedback_item>& items) const {
    for (auto const& item : items) {
        auto const id = item.error.empty() ? ids_->signer.verify(item.id) : std::nullopt;
        if (id && is_running(*id)) {
            return true;
        }
    }
    return false;
}

judged intake::judge(const std::vector<feedback_item>& items, std::int64_t now) {
    judged made;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const before = made.labels.size();
        auto found = judge_item(items[i], now, made.labels);
        if (made.labels.size() != before) {
            made.items_of_labels.push_back(i);
        }
        made.receptions.push_back(found.what);
        made.details.push_back(std::move(found.detail));
    }
    return made;
}

intake::finding intake::judge_item(
    const feedback_item& item, std::int64_t now, std::vector<label>& out
) {
    if (!item.error.empty()) {
        return {reception::malformed, item.error};
    }
    auto const id = ids_->signer.verify(item.id);
    if (!id || parts_.incarnations.count(id->incarnation) == 0) {
        return {reception::unknown, id ? "another gateway's" : "not signed by this gateway"};
    }
    auto const route = routes_->find(id->route);
    if (route == routes_->end() || route->second.versions.count(id->version) == 0) {
        return {reception::unknown, "its route or version is gone"};
    }
    if (is_running(*id)) {
        return {reception::early, {}};
    }
    label made;
    if (auto found = read_item(item, *id, made); found.what != reception::accepted) {
        return found;
    }
    auto found = judge_label(made, now);
    if (found.what == reception::accepted) {
        out.push_back(made);
    }
    return found;
}

intake::finding intake::read_item(
    const feedback_item& item, const server::exchange_id& id, label& out
) const {
    out.of = id;
    if (auto const* const told = std::get_if<score>(&item.says)) {
        out.kind = label_kind::score;
        out.value = told->value;
        return {};
    }
    if (auto const* const told = std::get_if<right>(&item.says)) {
        out.value = told->value ? 1 : 0;
        return {};
    }
    // Predictions are this process's: the same numbers of another one mean another answer.
    auto const* const said = id.incarnation == parts_.incarnation ? predictions_.find(id) : nullptr;
    if (said == nullptr) {
        return {reception::no_prediction, "its prediction is not remembered"};
    }
    auto const& rule = routes_->at(id.route).labels;
    auto const same = is_right(*said, std::get<true_value>(item.says).value, rule);
    if (!same) {
        return {reception::no_prediction, "the prediction cannot be compared with it"};
    }
    out.value = *same ? 1 : 0;
    return {};
}

intake::finding intake::judge_label(const label& made, std::int64_t now) {
    auto const fit = parts_.ledger.look(made);
    if (fit == label_ledger::fit::unknown) {
        return {reception::unknown, "nobody judges the weights of that time any more"};
    }
    // A duplicate is told as such for as long as its first one is known.
    auto& seen = seen_[place_of(made.kind)];
    bool const is_late = fit == label_ledger::fit::late ||
                         made.of.unix_seconds < seconds_before(now, parts_.age_max);
    switch (seen.see(made.of)) {
        case seen_exchanges::mark::seen:
            return {reception::duplicate, {}};
        case seen_exchanges::mark::forgotten:
            return {reception::late, {}};
        case seen_exchanges::mark::fresh:
            break;
    }
    if (is_late) {
        seen.unsee(made.of);
        return {reception::late, {}};
    }
    return {};
}

std::vector<journal::label_row> intake::rows_of(const judged& made, std::int64_t now) {
    std::vector<journal::label_row> rows;
    for (auto const& each : made.labels) {
        rows.push_back(
            {.received = now,
             .incarnation = each.of.incarnation,
             .worker = each.of.worker,
             .sequence = each.of.sequence,
             .route = each.of.route,
             .version = each.of.version,
             .epoch = each.of.epoch,
             .assigned = each.of.unix_seconds,
             .kind = static_cast<std::uint8_t>(each.kind),
             .value = each.value}
        );
    }
    return rows;
}

void intake::settle(judged& made, bool recorded) {
    for (std::size_t i = 0; i < made.labels.size(); ++i) {
        auto const& each = made.labels[i];
        if (recorded) {
            count(each);
        } else {
            seen_[place_of(each.kind)].unsee(each.of);
            made.receptions[made.items_of_labels[i]] = reception::failed;
        }
    }
    for (auto const what : made.receptions) {
        ++counts_.received[place_of(what)];
    }
}

void intake::count(const label& seen) {
    (void)parts_.ledger.count(seen);  // false: no rollout asks for it
    auto const key = std::pair{seen.of.route, seen.of.version};
    auto found = counts_.versions.find(key);
    if (found == counts_.versions.end()) {
        auto const route = routes_->find(seen.of.route);
        if (route == routes_->end() || route->second.versions.count(seen.of.version) == 0) {
            return;  // gone since it was judged
        }
        found = counts_.versions.try_emplace(key).first;
        found->second.route = route->second.name;
        found->second.backend = route->second.versions.at(seen.of.version);
    }
    auto& of_version = found->second;
    if (seen.kind == label_kind::score) {
        ++of_version.scores;
        of_version.score_sum += seen.value;
    } else {
        ++(seen.value < 0.5 ? of_version.wrong : of_version.right);
    }
}

void intake::take_note(const server::answer_note& note, std::int64_t now) {
    if (note.says == server::answer_note::kind::prediction) {
        counts_.predictions_dropped +=
            predictions_.remember(note.of, {std::string{note.text()}, note.is_json});
        return;
    }
    label made{note.of, label_kind::label, 0};
    bool understood = routes_->count(note.of.route) != 0 &&
                      routes_->at(note.of.route).versions.count(note.of.version) != 0;
    if (note.says == server::answer_note::kind::score) {
        auto const number = number_in(note.text());
        made.kind = label_kind::score;
        made.value = number.value_or(0);
        understood = understood && number;
    } else {
        auto const told = right_or_wrong(note.text());
        made.value = told == true ? 1 : 0;
        understood = understood && told;
    }
    auto const found = understood ? judge_label(made, now) : finding{reception::malformed, {}};
    if (found.what == reception::accepted) {
        count(made);
    }
    ++counts_.answers[place_of(found.what)];
}

void intake::take_row(const journal::label_row& row) {
    if (row.kind >= label_kinds) {
        return;
    }
    label made;
    made.kind = static_cast<label_kind>(row.kind);
    made.value = row.value;
    made.of.incarnation = row.incarnation;
    made.of.worker = row.worker;
    made.of.sequence = row.sequence;
    made.of.route = row.route;
    made.of.version = row.version;
    made.of.epoch = row.epoch;
    made.of.unix_seconds = row.assigned;
    if (seen_[place_of(made.kind)].see(made.of) == seen_exchanges::mark::fresh) {
        (void)parts_.ledger.count(made);  // false: it has entered before, or nobody asks for it
    }
}

void intake::forget_old(std::int64_t now) {
    auto const assigned = seconds_before(now, parts_.age_max);
    for (auto& each : seen_) {
        each.forget_before(assigned);
    }
    predictions_.forget_before(assigned);
}

}  // namespace millrace::feedback
