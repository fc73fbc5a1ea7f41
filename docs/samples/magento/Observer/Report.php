<?php
// Goodword for Magento 2.4, as `app/code/Goodword/Referrals/Observer/Report.php`: each order when all of it is paid, each refund (Magento
// calls it a credit memo), each cancellation.
//
// Grade: from documents. Needs `goodword.php` of `../php` beside it, and `etc/events.xml`, `etc/module.xml` and `registration.php`.
namespace Goodword\Referrals\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Sales\Model\Order;
use Magento\Sales\Model\Order\Invoice;
use Psr\Log\LoggerInterface;

require_once __DIR__ . '/goodword.php';

class Report implements ObserverInterface
{
    public function __construct(private LoggerInterface $logger)
    {
    }

    public function execute(Observer $observer): void
    {
        try {
            $this->tell($observer->getEvent());
        } catch (\Throwable $error) {
            // No order of the shop's fails because of a report.
            $this->logger->warning($error->getMessage());
        }
    }

    private function tell($event): void
    {
        $invoice = $event->getInvoice();
        $refund = $event->getCreditmemo();
        $order = ($invoice ?: $refund ?: $event)->getOrder();
        $id = $order->getIncrementId();
        $currency = $order->getOrderCurrencyCode();
        $digits = (new \NumberFormatter("en@currency=$currency", \NumberFormatter::CURRENCY))->getAttribute(\NumberFormatter::FRACTION_DIGITS);
        $minor = fn ($amount) => (int) round((float) $amount * 10 ** $digits);
        if ($refund) {
            goodword_refunded(['id' => $id, 'currency' => $currency], $refund->getIncrementId(), $minor($refund->getGrandTotal()));
        } elseif (!$invoice && $order->getState() === Order::STATE_CANCELED) {
            goodword_report("$id-cancelled", ['kind' => 'cancellation', 'order_id' => $id]);
        } elseif ($invoice && (int) $invoice->getState() === Invoice::STATE_PAID && (float) $order->getTotalDue() <= 0.0) {
            // Magento's discount is below zero.
            goodword_paid([
                'id' => $id, 'currency' => $currency,
                'customer' => ['id' => $order->getCustomerId() ? (string) $order->getCustomerId() : null, 'email' => $order->getCustomerEmail()],
                'subtotal' => $minor($order->getSubtotal() + $order->getDiscountAmount()), 'discount' => $minor(-$order->getDiscountAmount()),
                'total' => $minor($order->getGrandTotal()), 'codes' => array_filter([$order->getCouponCode()]), 'token' => null,
            ]);
        }
    }
}
