<?php
// Goodword for any server on PHP 8 or newer, with nothing but PHP: an order that was paid, and a refund.
//
// Grade: ran against the edge (`tests/tests/api/samples.rs`).

// Throws where it is not taken: keep the report, and send it again later. What was told before counts once.
function goodword_report(string $name, array $body): array
{
    $text = json_encode($body, JSON_THROW_ON_ERROR);
    $now = time();
    $key = base64_decode(substr(getenv('GOODWORD_ORDERS_KEY'), strlen('whsec_')));
    $signature = base64_encode(hash_hmac('sha256', "$name.$now.$text", $key, true));
    $head = ['content-type: application/json', "webhook-id: $name", "webhook-timestamp: $now", "webhook-signature: v1,$signature"];
    $http = ['method' => 'POST', 'header' => $head, 'content' => $text, 'timeout' => 10, 'ignore_errors' => true];
    $url = getenv('GOODWORD_URL') . '/v1/programs/' . getenv('GOODWORD_PROGRAM') . '/orders';
    $answer = file_get_contents($url, false, stream_context_create(['http' => $http]));
    if ($answer === false || !preg_match('# 20[01]( |$)#', $http_response_header[0])) {
        throw new RuntimeException("$name was not taken: $answer");
    }
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
}

// Amounts are integers in the currency's smallest unit; `subtotal` is after discounts, without tax and shipping.
function goodword_paid(array $order): array
{
    ['id' => $id, 'codes' => $codes] = $order;
    $same = array_intersect_key($order, array_flip(['customer', 'currency', 'subtotal', 'discount', 'total', 'token']));
    return goodword_report("$id-paid", ['kind' => 'order', 'order_id' => $id, 'discount_codes' => $codes] + $same);
}

function goodword_refunded(array $order, string $refund, int $amount): array
{
    ['id' => $id, 'currency' => $currency] = $order;
    return goodword_report("$id-$refund", ['kind' => 'refund', 'order_id' => $id, 'refund_id' => $refund, 'amount' => $amount, 'currency' => $currency]);
}
