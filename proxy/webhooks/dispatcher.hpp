#pragma once

#include "proxy/webhooks/courier.hpp"
#include "proxy/webhooks/inquiry.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace millrace::webhooks {

/// What an earlier process left.
struct kept_deliveries {
    std::vector<journal::outbox_row> outbox;
    std::vector<journal::dead_letter_row> dead_letters;
};

/// What became of the wish to send a dead letter again.
enum class resend_answer : std::uint8_t {
    taken,
    no_letter,   ///< there is none of that id
    no_webhook,  ///< that it was for, in the file as it is now
    unreadable   ///< what is kept of it is no event
};

/// Tells webhooks what happens and asks them what they have to confirm, on a thread of its own.
/// Lifetime: the gateway's; ends without waiting for anybody: what is not delivered stays in the
/// outbox. Thread: any; no call waits for the network or the disk.
///
///   dispatcher hooks{&outbox, kept};  hooks.configure(receivers);  hooks.publish(event);
class dispatcher {
 public:
    /// @param outbox  null: what is not delivered at the end is lost
    dispatcher(outbox_port* outbox, kept_deliveries kept);
    ~dispatcher();
    dispatcher(const dispatcher&) = delete;
    dispatcher& operator=(const dispatcher&) = delete;

    /// The webhooks of the file; those of the same name go on with what they have.
    void configure(std::vector<receiver> webhooks);

    /// There is no webhook: nobody has to be told anything.
    [[nodiscard]] bool empty() const;

    /// To every webhook that takes it.
    void publish(event what);

    /// What has to be confirmed on a route, and by whom.
    [[nodiscard]] bool has_to_confirm(confirmation what, std::string_view route) const;

    /// Asks those who have to confirm. `yes` is called once, on the dispatcher's thread, when all
    /// of them have said so; it returns soon. @return the number of the question
    [[nodiscard]] std::uint64_t ask(
        confirmation about, event what, std::function<void(std::string who)> yes
    );
    void withdraw(std::uint64_t question);

    /// Who has not said yes to it; empty when it is not open.
    [[nodiscard]] std::string missing(std::uint64_t question) const;

    [[nodiscard]] std::vector<webhook_status> statuses() const;

    [[nodiscard]] std::vector<journal::dead_letter_row> dead_letters() const {
        return dead_letters_.all();
    }

    [[nodiscard]] resend_answer resend(std::int64_t dead_letter);

 private:
    using couriers = std::map<std::string, std::shared_ptr<courier>, std::less<>>;

    void replace(std::vector<receiver> next);
    void begin(const std::shared_ptr<courier>& one);
    void begin(std::uint64_t number, const std::shared_ptr<inquiry>& one);
    void end(std::uint64_t question);
    void publish_refusal(const event& about, const std::string& webhook, const std::string& answer);
    [[nodiscard]] std::vector<std::string> who_confirms(confirmation what, std::string_view route)
        const;
    [[nodiscard]] std::optional<receiver> find(std::string_view webhook) const;
    [[nodiscard]] std::vector<std::shared_ptr<inquiry>> open_inquiries() const;

    outbox_port* outbox_;
    dead_letter_box dead_letters_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;

    std::vector<journal::outbox_row> kept_;  // the dispatcher's thread, until the first replace()

    mutable std::mutex mutex_;
    std::vector<receiver> receivers_;  // as configured last
    couriers couriers_;                // changed by the dispatcher's thread only
    std::map<std::uint64_t, std::shared_ptr<inquiry>> inquiries_;
    std::uint64_t last_question_ = 0;

    std::thread thread_;
};

}  // namespace millrace::webhooks
