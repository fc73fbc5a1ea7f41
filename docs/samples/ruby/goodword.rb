# Goodword for any server on Ruby 3 or newer, with nothing but Ruby: an order that was paid, and a refund.
#
# Grade: ran against the edge (`tests/tests/api/samples.rs`).
require "json"
require "net/http"
require "openssl"

module Goodword
  # Raises where it is not taken: keep the report, and send it again later. What was told before counts once.
  def self.report(name, body)
    text, now = JSON.generate(body), Time.now.to_i
    key = ENV.fetch("GOODWORD_ORDERS_KEY").delete_prefix("whsec_").unpack1("m")
    signature = [OpenSSL::HMAC.digest("SHA256", key, "#{name}.#{now}.#{text}")].pack("m0")
    url = URI("#{ENV.fetch("GOODWORD_URL")}/v1/programs/#{ENV.fetch("GOODWORD_PROGRAM")}/orders")
    answer = Net::HTTP.post(url, text, "content-type" => "application/json", "webhook-id" => name,
                                       "webhook-timestamp" => now.to_s, "webhook-signature" => "v1,#{signature}")
    raise "#{name} was not taken: #{answer.code} #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)
    JSON.parse(answer.body)
  end

  # Amounts are integers in the currency's smallest unit; `subtotal` is after discounts, without tax and shipping.
  def self.paid(order)
    same = order.slice("customer", "currency", "subtotal", "discount", "total", "token")
    report("#{order["id"]}-paid", { kind: "order", order_id: order["id"], discount_codes: order["codes"], **same })
  end

  def self.refunded(order, refund, amount)
    report("#{order["id"]}-#{refund}", { kind: "refund", order_id: order["id"], refund_id: refund,
                                         amount: amount, currency: order["currency"] })
  end
end
