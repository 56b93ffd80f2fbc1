// How applications spell the facts that we have columns for, in the order in which they are believed.

/** Each fact with its names, without case and punctuation (`fieldName`); the first that has a value wins. */
export const spellings = {
  time:
    'eventtime eventtimestamp occurredat happenedat @timestamp @t timestamp time ts datetime timemillis ' +
    'instantepochsecond logtime logtimestamp utctime localtime date asctime',
  timeNanos: 'instantnanoofsecond',
  actionName: 'action eventaction actionname actiontype operation operationname op activity activityname activitytype',
  eventName: 'event eventname eventtype evt evttype eventcode evtname securityevent auditevent eventidname',
  typeName: 'type category eventcategory audittype kind eventkind messagetype',
  message: '@mt messagetemplate mt message msg @m renderedmessage shortmessage text',
  level: 'level @l severity lvl loglevel severitytext',

  success: 'success succeeded successful issuccess issuccessful ok authenticated isauthenticated loginsuccess',
  permitted: 'allowed allow permitted granted authorized authorised isallowed isauthorized accessgranted',
  status:
    'decision verdict eventoutcome outcome result status state authresult loginresult loginstatus authstatus ' +
    'refundstatus refundstate actionresult actionstatus resultstatus disposition eventresult',
  httpStatus: 'httpstatus httpstatuscode httpresponsestatuscode statuscode responsestatus responsecode resstatuscode',
  reason: 'reason failurereason denialreason denyreason statusreason reasoncode cause outcomereason eventreason',
  error:
    'errormessage errmessage errormsg errmsg error err errorcode errcode errortype exceptionmessage exception @x ' +
    'exceptiontype thrownmessage failure',

  targetSubject:
    'targetuserid targetuser targetid usertargetid targetsubject affecteduser affecteduserid targetusername',
  subject:
    'userid uid useruuid userguid usrid enduserid subject sub subjectid customerid customer beneficiary beneficiaryid ' +
    'accountid user username userprincipalname upn principal principalid login loginname usersub useremail email ' +
    'requserid requestuserid',
  actor:
    'actor actorid actoruserid actorname actorsub agent agentid operator operatorid performedby doneby initiatedby ' +
    'initiator executedby executor adminid admin employeeid staffid issuedby approvedby requestedby triggeredby changedby ' +
    'impersonator impersonatorid by',
  actorRole: 'actorrole agentrole operatorrole actortype performedbyrole userrole role roles userroles actorroles',
  client: 'clientid oauthclientid client azp clientapp clientname appid',
  session: 'sessionid session sid sessionstate sessid usersessionid sessionuuid',
  token:
    'token accesstoken refreshtoken idtoken tokenref tokenreference jwt bearer bearertoken authorization authorizationheader ' +
    'httprequestheadersauthorization requestheadersauthorization reqheadersauthorization headersauthorization tokenhash',
  tokenId: 'jti tokenid tokenjti',
  tokenIssuer: 'iss issuer tokenissuer tokeniss',
  tokenKind: 'tokenkind tokentype tokenuse',
  tokenIssuedAt: 'iat tokeniat tokenissuedat',
  tokenExpiresAt: 'exp tokenexp tokenexpiresat tokenexpiry',
  tokenFamily: 'tokenfamily tokenfamilyid grantid consentid',
  tokenBinding: 'cnfjkt cnfx5ts256 cnfx5t#s256 tokenbinding jkt',
  presenterBinding:
    'presenterbinding dpopjkt clientcertsha256 clientcertfingerprint clientcertthumbprint certthumbprint ' +
    'tlsclienthashsha256 tlsclientservercertificatefingerprint',
  proof: 'dpop dpopproof httprequestheadersdpop requestheadersdpop reqheadersdpop headersdpop',
  scope: 'scope scopes grantedscopes',

  workload:
    'service servicename svc ddservice app appname application applicationname serviceid component resourceservicename ' +
    'k8sdeploymentname',
  namespace: 'namespace k8snamespacename kubernetesnamespacename kubernetesnamespace podnamespace servicenamespace',
  instance: 'hostname instance instanceid podname pod k8spodname kubernetespodname serviceinstanceid machinename host',
  loggerName: 'name',
  owner: 'owner team serviceowner',
  environment: 'environment env ddenv deploymentenvironment deploymentenvironmentname serviceenvironment stage',
  sandbox: 'sandbox testmode istest test livemode',

  sourceIp:
    'sourceip srcip sourceaddress remoteip remoteaddr remoteaddress peerip peeraddress ip ipaddress ipaddr userip ' +
    'reqremoteaddress requestip networkpeeraddress',
  clientIp: 'clientip clientaddress xforwardedfor forwardedfor xff xrealip realip httpclientip networkclientip',
  clientAsn:
    'clientasnumber clientasn sourceasnumber sourceasn networkclientgeoipasnumber httpclientasn geoipasn ipasn asn ' +
    'asnumber autonomoussystemnumber',
  clientCountry:
    'clientgeocountryisocode clientcountryisocode clientcountry clientcountrycode sourcegeocountryisocode ' +
    'geocountryisocode geoipcountrycode2 geoipcountrycode geoipcountryisocode networkclientgeoipcountryisocode ' +
    'ipcountry cfipcountry',
  clientNetwork: 'clientnetwork clientnetworktype iptype ipusagetype networkclass',
  userAgent:
    'useragent useragentoriginal ua httpuseragent httprequestheadersuseragent reqheadersuseragent requestuseragent',
  tlsFingerprint: 'ja4 ja3 tlsfingerprint ja3hash ja4hash',
  device: 'deviceid device deviceuuid devicefingerprint installationid',
  caller:
    'callerservice callingservice sourceservice sourceworkload clientservice callerid callername srcservice fromservice',
  destination: 'destinationservice targetservice destservice upstreamservice toservice peerservice',

  traceparent: 'traceparent',
  traceId: 'traceid @tr ddtraceid oteltraceid xb3traceid b3traceid xtraceid logginggoogleapiscomtrace trace',
  spanId: 'spanid @sp ddspanid otelspanid xb3spanid logginggoogleapiscomspanid',
  requestId: 'requestid reqid xrequestid correlationid httprequestid xcorrelationid',
  nativeId: 'eventid eventuuid eventguid auditid logid recordid id uuid',

  method: 'method httpmethod httprequestmethod requestmethod reqmethod',
  path: 'path urlpath httppath requestpath uri url requri requrl httptarget urloriginal requesturl httpurl',
  protocol: 'protocol httpversion',
  durationMs: 'durationms elapsedms latencyms tookms responsetimems responsetime',

  resource:
    'resource resourceid resourcename resourcearn object objectid target secret secretname secretpath secretid keyid keyname',
  operationId: 'refundid refund rfid operationid payoutid transferid refundreference',
  idempotencyKey: 'idempotencykey xidempotencykey idempotenttoken idemkey httprequestheadersidempotencykey',
  payment:
    'paymentid payment chargeid charge paymentintent paymentintentid transactionid txnid txid transaction capturedid',
  order: 'orderid order ordernumber orderno orderref invoiceid invoice',
  instrument:
    'instrument instrumentid paymentmethodid paymentmethod cardid cardtoken cardfingerprint cardref card cardlast4 iban ' +
    'bankaccount bankaccountid walletid',
  batch: 'batch batchid bulkid jobid importid batchjobid',
  amount: 'amount refundamount amountvalue totalamount refundamountvalue',
  amountMinor:
    'amountminor amountminorunits amountcents amountincents refundamountminor refundamountcents minorunits amountpence ' +
    'amountinminorunits amountcent',
  currency: 'currency currencycode amountcurrency refundcurrency refundamountcurrency iso4217 amountcurrencycode ccy',
  policy: 'policy policyid policyname rulename ruleid policyversion matchedpolicy',
} as const satisfies Record<string, string>

export type FactName = keyof typeof spellings
export const factNames = Object.keys(spellings) as readonly FactName[] // keys of a const object are exactly its names
