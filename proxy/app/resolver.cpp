#include "proxy/app/resolver.hpp"

#include "proxy/base/log.hpp"
#include "proxy/net/address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <utility>
#include <vector>

namespace millrace::app {

namespace {

upstream::address_book::addresses addresses_of(
    const boost::asio::ip::tcp::resolver::results_type& results
) {
    upstream::address_book::addresses found;
    for (auto const& result : results) {
        auto const text = result.endpoint().address().to_string();
        if (auto const address = net::address::parse(text, 0)) {
            found.push_back(*address);
        }
    }
    return found;
}

}  // namespace

struct resolver::lookup {
    upstream::address_book book;
    std::size_t left = 0;
    std::vector<done> when_done;
};

resolver::resolver(boost::asio::io_context& context)
    : resolver_{context}, book_{std::make_shared<const upstream::address_book>()} {}

void resolver::resolve(std::set<std::string> names, done when_done) {
    std::vector<done> waiting;
    if (running_) {
        waiting = std::move(running_->when_done);
    }
    waiting.push_back(std::move(when_done));
    cancel();
    std::erase_if(names, [](const std::string& name) {
        return net::address::parse(name, 0).has_value();
    });
    auto const run = std::make_shared<lookup>(lookup{*book_, names.size(), std::move(waiting)});
    running_ = run;
    if (names.empty()) {
        boost::asio::post(resolver_.get_executor(), [this, run] {
            if (running_ == run) {
                finish();
            }
        });
    }
    for (auto const& name : names) {
        auto const take = [this, run, name](const auto& error, const auto& results) {
            if (running_ == run) {
                keep(name, error, results);
            }
        };
        resolver_.async_resolve(name, "", take);
    }
}

void resolver::cancel() {
    running_.reset();
    resolver_.cancel();
}

void resolver::keep(
    const std::string& name,
    const boost::system::error_code& error,
    const boost::asio::ip::tcp::resolver::results_type& results
) {
    if (auto found = addresses_of(results); !found.empty()) {
        running_->book.set(name, std::move(found));
    } else {
        log::warning("cannot resolve '{}': {}", name, error.message());
    }
    if (--running_->left == 0) {
        finish();
    }
}

void resolver::finish() {
    auto const run = std::exchange(running_, nullptr);
    book_ = std::make_shared<const upstream::address_book>(std::move(run->book));
    for (auto const& call : run->when_done) {
        call(book_);
    }
}

}  // namespace millrace::app
