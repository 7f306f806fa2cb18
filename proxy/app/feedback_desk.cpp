#include "proxy/app/feedback_desk.hpp"

#include "proxy/admin/awaitable.hpp"
#include "proxy/admin/listening.hpp"
#include "proxy/base/log.hpp"
#include "proxy/journal/label_store.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ctime>
#include <utility>

namespace millrace::app {

namespace {

namespace asio = boost::asio;

// Often enough for the workers' rings, rare enough to cost nothing.
constexpr std::chrono::milliseconds notes_interval{20};
// An answer's last byte may be with the client a moment before its worker has noted the end.
constexpr std::chrono::milliseconds early_patience{50};
constexpr std::size_t rows_waiting_max = 200'000;
// Beyond the age of a label, in the file.
constexpr std::int64_t kept_longer_seconds = 600;

std::int64_t unix_now() {
    return ::time(nullptr);
}

std::int64_t seconds_of(std::chrono::milliseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

server::label_outlets outlets_for(unsigned workers) {
    server::label_outlets made;
    for (unsigned i = 0; i < workers; ++i) {
        made.push_back(std::make_unique<server::label_outlet>());
    }
    return made;
}

feedback::intake::parts intake_parts(
    feedback::label_ledger& ledger,
    const server::label_outlets& outlets,
    const feedback::params& chosen,
    std::uint32_t incarnation
) {
    return {
        .ledger = ledger,
        .outlets = &outlets,
        .incarnation = incarnation,
        .incarnations = {incarnation},
        .age_max = static_cast<std::uint32_t>(seconds_of(chosen.age_max)),
        .predictions_max = chosen.predictions_max};
}

asio::awaitable<admin::answer> ask(feedback_desk& desk, admin::request asked) {
    auto initiate = [&desk, &asked](auto handler) {
        auto const resumed = std::make_shared<decltype(handler)>(std::move(handler));
        desk.take(std::move(asked), [resumed](admin::answer given) {
            std::move (*resumed)(std::move(given));
        });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(admin::answer)>(
        initiate, asio::use_awaitable
    );
}

asio::awaitable<admin::answer> ask_own_listener(feedback_desk& desk, admin::request asked) {
    std::string_view const target = asked.target;
    if (target.substr(0, target.find('?')) != "/feedback") {
        co_return admin::error_answer(404, "not_found", "this listener has /feedback only");
    }
    if (asked.method != "POST") {
        auto refusal = admin::error_answer(405, "method_not_allowed", "the path takes POST");
        refusal.allow = "POST";
        co_return refusal;
    }
    co_return co_await ask(desk, std::move(asked));
}

template <class Counts>
std::vector<metrics::named_total> named(const Counts& counts) {
    std::vector<metrics::named_total> all;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        auto const name = feedback::name_of(static_cast<feedback::reception>(i));
        all.push_back({std::string{name}, counts[i]});
    }
    return all;
}

}  // namespace

feedback_desk::feedback_desk(
    const feedback::params& chosen, unsigned workers, std::uint32_t incarnation
)
    : params_{chosen},
      outlets_{outlets_for(workers)},
      ledger_{unix_now},
      intake_{intake_parts(ledger_, outlets_, chosen, incarnation)},
      rate_{chosen.rate_max, clock::now()} {}

feedback_desk::~feedback_desk() {
    stop();
}

std::string feedback_desk::open_journal(
    const std::string& directory,
    std::shared_ptr<journal::write_turn> turn,
    const std::map<std::string, journal::rollout_id, std::less<>>& rollouts
) {
    std::string error;
    auto store = journal::label_store::open(directory, std::move(turn), error);
    if (!store) {
        return error;
    }
    for (auto const& [route, rollout] : rollouts) {
        auto const progress = store->progress_of(rollout, error);
        if (!error.empty()) {
            return error;
        }
        if (!progress.empty() && !ledger_.restore(route, progress)) {
            log::error("route '{}': how far labels were counted cannot be read", route);
        }
    }
    auto const since = unix_now() - seconds_of(params_.age_max);
    auto const ours = store->begin_incarnation(intake_.incarnation(), unix_now(), since, error);
    if (!error.empty()) {
        return error;
    }
    intake_.add_incarnations(ours);
    std::size_t rows = 0;
    error = store->read(since - kept_longer_seconds, [this, &rows](const auto& row) {
        intake_.take_row(row);
        ++rows;
    });
    if (!error.empty()) {
        return error;
    }
    if (rows != 0) {
        log::info("{} labels of earlier processes are known", rows);
    }
    writer_ = std::make_unique<journal::label_writer>(std::move(store), rows_waiting_max);
    return {};
}

std::string feedback_desk::start() {
    if (!params_.address.empty()) {
        if (auto error = listen(); !error.empty()) {
            return error;
        }
    }
    look_after_later();
    thread_ = std::thread{[this] {
        auto const work = asio::make_work_guard(runs_);
        runs_.run();
    }};
    return {};
}

std::string feedback_desk::listen() {
    acceptor_ = std::make_shared<admin::acceptor>(runs_);
    admin::params where;
    where.address = params_.address;
    where.port = params_.port;
    where.insecure = params_.insecure;
    auto const listens = admin::listen_on(*acceptor_, where);
    if (!listens.error.empty()) {
        return listens.error;
    }
    port_ = listens.port;
    sessions_ = std::make_shared<admin::session_context>(admin::session_context{
        .handle = [this](admin::request asked) {
            return ask_own_listener(*this, std::move(asked));
        }});
    admin::begin_accepting(runs_, acceptor_, sessions_);
    log::info("feedback on {}:{}", params_.address, port_);
    return {};
}

void feedback_desk::stop() {
    if (!thread_.joinable()) {
        return;
    }
    asio::post(runs_, [this] {
        if (sessions_) {
            admin::stop_accepting(*acceptor_, *sessions_);
        }
        runs_.stop();
    });
    thread_.join();
    writer_.reset();
}

void feedback_desk::set_routes(const routing::route_table& table) {
    auto made = std::make_shared<feedback::route_directory>();
    for (auto const& route : table.routes()) {
        feedback::known_route known{route.params->name, route.params->labels, {}};
        for (std::size_t i = 0; i < route.version_ids.size(); ++i) {
            known.versions.emplace(route.version_ids[i], route.params->backend_refs[i].backend);
        }
        made->emplace(route.name_id, std::move(known));
    }
    std::lock_guard const lock{mutex_};
    intake_.set_routes(std::move(made));
}

void feedback_desk::set_ids(std::shared_ptr<const server::id_settings> ids) {
    std::lock_guard const lock{mutex_};
    intake_.set_ids(std::move(ids));
}

void feedback_desk::configure(const feedback::params& chosen) {
    std::lock_guard const lock{mutex_};
    if (chosen.rate_max != params_.rate_max) {
        rate_ = feedback::rate_limit{chosen.rate_max, clock::now()};
    }
    params_.rate_max = chosen.rate_max;
    params_.token = chosen.token;
}

void feedback_desk::look_after_later() {
    timer_.expires_after(notes_interval);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) {
            return;
        }
        {
            std::lock_guard const lock{mutex_};
            read_notes();
            intake_.forget_old(unix_now());
        }
        if (writer_) {
            writer_->keep_since(unix_now() - seconds_of(params_.age_max) - kept_longer_seconds);
        }
        look_after_later();
    });
}

void feedback_desk::read_notes() {
    server::answer_note note;
    auto const now = unix_now();
    for (auto const& outlet : outlets_) {
        for (std::size_t i = 0; i < server::label_outlet::notes_max && outlet->pop(note); ++i) {
            intake_.take_note(note, now);
        }
    }
}

void feedback_desk::take(admin::request asked, done answered) {
    asio::post(runs_, [this, asked = std::move(asked), answered = std::move(answered)]() mutable {
        take_here(asked, std::move(answered));
    });
}

void feedback_desk::take_here(const admin::request& asked, done answered) {
    auto const refuse = [this, &answered](feedback_refusal why, std::string_view detail) {
        {
            std::lock_guard const lock{mutex_};
            ++refused_[static_cast<std::size_t>(why)];
        }
        answered(refusal_answer(why, detail));
    };
    std::unique_lock lock{mutex_};
    auto const token = params_.token;
    lock.unlock();
    if (!is_authorized(asked, token)) {
        refuse(
            feedback_refusal::unauthorized,
            "this needs 'Authorization: Bearer' with the token of feedback"
        );
        return;
    }
    auto const format = format_of(asked.content_type);
    if (format == feedback_format::unsupported) {
        refuse(
            feedback_refusal::unsupported_media_type,
            "labels come as application/json or application/x-ndjson"
        );
        return;
    }
    auto body = feedback::parse_feedback(asked.body, format == feedback_format::lines);
    if (!body.error.empty()) {
        refuse(feedback_refusal::bad_body, body.error);
        return;
    }
    lock.lock();
    bool const admitted = rate_.admit(body.items.size(), clock::now());
    read_notes();
    bool const early = admitted && intake_.any_early(body.items);
    lock.unlock();
    if (!admitted) {
        refuse(feedback_refusal::too_many_labels, "more labels than feedback.rate_max allows");
        return;
    }
    auto const one = std::make_shared<visit>(visit{std::move(body.items), {}, std::move(answered)});
    early ? wait_a_moment(one) : judge(one);
}

void feedback_desk::wait_a_moment(visit_ptr one) {
    auto const timer = std::make_shared<asio::steady_timer>(runs_, early_patience);
    timer->async_wait([this, timer, one = std::move(one)](const boost::system::error_code&) {
        {
            std::lock_guard const lock{mutex_};
            read_notes();
        }
        judge(one);
    });
}

void feedback_desk::judge(visit_ptr one) {
    auto const now = unix_now();
    {
        std::lock_guard const lock{mutex_};
        one->found = intake_.judge(one->items, now);
    }
    if (!writer_ || one->found.labels.empty()) {
        settle(one, !refuses_);
        return;
    }
    auto when_written = [this, one](const std::string& error) {
        if (!error.empty()) {
            log::error("labels cannot be recorded: {}", error);
        }
        asio::post(runs_, [this, one, recorded = error.empty()] { settle(one, recorded); });
    };
    if (!writer_->commit(feedback::intake::rows_of(one->found, now), std::move(when_written))) {
        settle(one, false);
    }
}

void feedback_desk::settle(const visit_ptr& one, bool recorded) {
    {
        std::lock_guard const lock{mutex_};
        intake_.settle(one->found, recorded);
    }
    one->answered(feedback_answer(one->found));
}

metrics::label_totals feedback_desk::totals() const {
    metrics::label_totals made;
    std::lock_guard const lock{mutex_};
    auto const& counts = intake_.counted();
    made.received = named(counts.received);
    made.answers = named(counts.answers);
    for (auto const& [ids, of_version] : counts.versions) {
        made.versions.push_back(of_version);
    }
    for (std::size_t i = 1; i < refused_.size(); ++i) {
        made.refused.push_back({std::string{name_of(static_cast<feedback_refusal>(i))}, refused_[i]}
        );
    }
    for (auto const& outlet : outlets_) {
        made.notes_dropped += outlet->notes_dropped();
        made.notes_missing += outlet->notes_missing();
    }
    made.predictions = intake_.predictions();
    made.predictions_dropped = counts.predictions_dropped;
    made.scores_dropped = ledger_.scores_dropped();
    made.groups = writer_ ? writer_->groups() : 0;
    return made;
}

}  // namespace millrace::app
