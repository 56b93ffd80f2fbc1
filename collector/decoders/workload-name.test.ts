// Replicas lead to their workload, and a service has one name however a log spells it.

import { describe, expect, it } from 'vitest'
import { serviceOfHost, workloadIdentity, workloadOfPod } from './workload-name.ts'

describe('the workload of a pod', () => {
  it.each([
    ['payments-7c9d8f6b5-x2x9z', 'payments'],
    ['payments-api-7c9d8f6b5-xkzpq', 'payments-api'],
    ['istio-ingressgateway-6d5f9c7b48-qw2rt', 'istio-ingressgateway'],
    ['payments-7c9', 'payments'],
    ['cart-6d5', 'cart'],
    ['postgres-0', 'postgres'],
    ['fluent-bit-x2x9z', 'fluent-bit'],
    ['payments', 'payments'],
    ['api-v2', 'api-v2'],
    ['payment-gateway', 'payment-gateway'],
    ['', ''],
    ['-', '-'],
  ])('of %s is %s', (pod, workload) => {
    expect(workloadOfPod(pod)).toBe(workload)
  })

  it('is found in linear time', () => {
    const started = performance.now()
    workloadOfPod('b2-'.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(50)
  })
})

describe('the service of a host', () => {
  it.each([
    ['payments.shop.svc.cluster.local:8080', 'payments.shop'],
    ['Payments.Shop.SVC', 'payments.shop'],
    ['orders.shop:8080', 'orders.shop'],
    ['orders', 'orders'],
    ['api.shop.example.', 'api.shop.example'],
    ['10.20.7.30:8080', 'ip:10.20.7.30'],
    ['[2001:DB8::1]:8443', 'ip:2001:db8::1'],
    ['2001:db8::1', 'ip:2001:db8::1'],
    ['', ''],
  ])('%s is %s', (host, service) => {
    expect(serviceOfHost(host)).toBe(service)
  })

  it('agrees with the workload of the same name', () => {
    expect(workloadIdentity('payments', 'shop')).toBe(serviceOfHost('payments.shop.svc.cluster.local:8080'))
    expect(workloadIdentity('payments', '')).toBe('payments')
    expect(workloadIdentity('', 'shop')).toBe('')
  })
})
