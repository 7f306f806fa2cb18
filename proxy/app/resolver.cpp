#include "proxy/app/resolver.hpp"

#include "proxy/base/log.hpp"
#include "proxy/net/address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace millrace::app {

struct resolver::lookup {
    upstream::address_book book;
    std::size_t left = 0;
    done when_done;
};

resolver::resolver(boost::asio::io_context& context)
    : resolver_{context}, book_{std::make_shared<const upstream::address_book>()} {}

void resolver::resolve(std::set<std::string> names, done when_done) {
    cancel();
    std::erase_if(names, [](const std::string& name) {
        return net::address::parse(name, 0).has_value();
    });
    auto const run = std::make_shared<lookup>(lookup{*book_, names.size(), std::move(when_done)});
    running_ = run;
    auto const finish = [this, run] {
        if (running_ == run) {
            running_.reset();
            book_ = std::make_shared<const upstream::address_book>(std::move(run->book));
            run->when_done(book_);
        }
    };
    if (names.empty()) {
        boost::asio::post(resolver_.get_executor(), finish);
        return;
    }
    for (auto const& name : names) {
        resolver_.async_resolve(
            name,
            "",
            [run, name, finish](
                const boost::system::error_code& error,
                const boost::asio::ip::tcp::resolver::results_type& results
            ) {
                upstream::address_book::addresses found;
                for (auto const& result : results) {
                    if (auto const address =
                            net::address::parse(result.endpoint().address().to_string(), 0)) {
                        found.push_back(*address);
                    }
                }
                if (!found.empty()) {
                    run->book.set(name, std::move(found));
                } else {
                    log::warning("cannot resolve '{}': {}", name, error.message());
                }
                if (--run->left == 0) {
                    finish();
                }
            }
        );
    }
}

void resolver::cancel() {
    running_.reset();
    resolver_.cancel();
}

}  // namespace millrace::app
