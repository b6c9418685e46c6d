/**
 * Words that tell a language, as people write them on a phone: in small letters, without accents and apostrophes, slang and
 * abbreviations among them. A word may stand in several lists; it then tells these languages from the others.
 *
 * `sure` words hardly occur in the other languages, or their presence decides; `likely` ones are common and a little less telling;
 * `faint` ones are a hint that another word has to confirm.
 */
export interface Words {
  readonly sure: string
  readonly likely: string
  readonly faint: string
}

export const english: Words = {
  sure: `
    the you your youre youve youll yours this that thats these those they theyre their them there theres here what whats when whens
    where wheres which who whos why how hows because with without from about would wouldnt could couldnt should shouldnt dont
    doesnt didnt isnt arent wasnt werent wont cant cannot havent hasnt hadnt aint im ive id ill its ittl hes shes weve whatever
    and have having does did been being were was just please thanks thank thx thnx tysm ty pls plz yes yeah yep yup nope nah
    hello hey hi morning afternoon evening night goodnight bye tomorrow today tonight yesterday week month year monday tuesday
    wednesday thursday friday saturday sunday january february april june july august september october november december
    need want wanna gonna gotta lemme know think thought understand sorry call called calling text texting texts message messages
    number phone wrong right late early early home house work working job rent paid pay payment check money owe owed balance
    charge charged account bill debt send sent received got get gets getting give gave take took make made come coming came going
    went leave left move moved bring brought tell told say said says talk talked speak ask asked wait waiting help helping stop
    fix fixed broken leak leaking water heater door keys key lost lose unit apartment landlord lease repair maintenance
    good great fine nice awesome cool bad ridiculous ready done still again already soon later never always maybe anything
    something someone anyone nobody everything everyone nothing much many more most any some other another next last first new
    old same really very too also only even back out off over down up into before after until since while
    omg wtf btw idk idc nvm brb ttyl lmk wyd wbu hbu smh tbh ngl imo rn asap ur u r bc cuz coz wat wut dunno kinda sorta ya yall
    bro dude sure thing day days time times hour hours minute minutes not our ours his her hers him she he we are is am has had
    happy birthday merry christmas congrats congratulations love see sees saw look looking looks find found
    open opened close closed when where family wife husband mother father mom dad son daughter kids friend friends
  `,
  likely: `
    for but will be been do if can or so on of to my mine one two three than then it by at let lets us like way
    available schedule reschedule appointment address street delivery order package driver car parking password link email
    voicemail confirm confirmed cancel canceled cancelled subscription refund price offer deal shipping cash credit card
    interested reach reaching proof amount due half full
  `,
  faint: `i in as all no hr hrs min mins go an real final person manager status information`,
}

export const spanish: Words = {
  sure: `
    el los las del una unos unas y pero muy mas porque xq donde cuando cuanto cuanta cuantos cuantas quien quienes cual cuales
    hola buenas buenos dias tardes noches gracias grasias muchas muchos porfa porfavor porfis disculpe disculpa disculpen perdon
    usted ustedes uds ud yo tu el ella ellos ellas nosotros mi mio mia tuyo suyo su sus esto eso ese esa esos esas este aqui aca
    alli alla ahora ahorita hoy ayer manana luego despues antes siempre nunca tambien tampoco todavia aun
    si claro ni modo nel vale dale listo bueno buena bien mal nel simon orale andale
    estoy estas esta estamos estan estaba soy eres somos son fue fui era hay tengo tienes tiene tenemos tienen tenia
    quiero quieres quiere quisiera puedo puedes puede pueden podemos podria podrian necesito necesita necesitamos
    voy vas va vamos van vengo vienes viene vienen llego llega llegue llegamos llegan sali salgo sale hago hace hacer hizo
    digo dice dicen dijo dile dime diga digame deje dejo dejame dejeme dejaron mando manda mande mandame mandeme mandaron mandan
    mandando envie enviar envio enviado pague pagar pago pague paga cobro cobraron cobran cobrar debo debe deben adeudo renta
    llamo llama llame llamame llaman llamado llamar hablo habla hablar hablamos hable escribo escriba escriban escribir
    contesta contestas conteste responde respondan pense pienso pensarlo creo entiendo entendi saber se sabe
    cuenta dinero plata lana trabajo casa carro coche puerta llaves llave perdi agua techo calle direccion cita pedido paquete
    numero telefono celular cel mensaje mensajes correo equivocado equivocada equivoque semana mes ano lunes martes miercoles
    jueves viernes sabado domingo enero febrero marzo mayo junio julio septiembre octubre noviembre diciembre
    dueno duena gerente esposa esposo hijo hija hermano hermana mama papa familia amigo amiga senor senora
    ayuda ayudar ayudarme ayudame feliz cumple cumpleanos navidad felicidades saludos abrazo besos quiero mucho
    wey guey onda pedo parce parcero mano che sos vos tio chevere padre chido bacano neta
    ntp tqm tkm tmb tbn kiero aki ke ola bno grax salu2 pq tas toy pa pal na nomas
    algo nada nadie alguien todo toda todos todas otro otra cada mismo ya asi mejor peor tarde temprano
    otra vez aunque entonces mientras hasta desde sobre entre sin con para por
    funciona funcionan sirve arreglado arreglar danado descompuesto roto rompio fuga calefaccion ascensor estacionamiento
    esperando espero reviso revisar confirma confirmar confirmo cancelo cancelar aceptan tarjeta efectivo recibo recibi recibido interesa igualmente contacten
    suscripcion solicitud
  `,
  likely: `
    de la que es en le les lo me te nos no un al como tan tanto parte persona problema favor hora horas precio apenas
    ver vea vi ve nuevo nueva primero primera segundo quince dos tres cuatro cinco seis siete ocho nueve diez
    documentos papeles seguro cobertura suena aviso abrir abre abren clave deuda estafa
  `,
  faint: `a o q x k mis da dan fin sea una gran solo final`,
}

export const portuguese: Words = {
  sure: `
    os as um uma uns umas e do da dos das na nas ao aos pelo pela pelos num numa mas muito muita muitos mais porque pq
    onde quando quanto quanta quem qual quais oi ola opa alo bom boa dia tarde noite obrigado obrigada obg obgd brigado brigada
    brigadao valeu vlw desculpa desculpe por favor pfv pf pfvr vc vcs voce voces ce cê tu eu ele ela eles elas gente meu meus minha
    minhas seu seus sua suas teu tua isso isto esse essa esses essas este esta aquele aquela aqui ai ali agora hoje ontem amanha
    depois antes sempre nunca tambem tb tbm ainda ja so
    sim nao naum claro ne ta to tao tava tou estou estao estamos esta estava sou somos sao foi fui era tem tenho temos tinha ha
    quero quer queria gostaria posso pode podem podemos poderia preciso precisa precisamos vou vai vamos vao indo venho vem
    chego chega chegou chegar chegamos sai saio faco faz fazer fez fazendo digo diz dizer disse fala falo falar falou falamos falei
    falando deixa deixei deixar deixou manda mandei mandar mandaram mandou mandando mandem enviei enviar paguei pagar pago
    cobranca cobraram cobrar devo deve aluguel boleto pix comprovante liga ligo ligar liguei liguem ligando ligacao retorno
    respondo responde responder acho achei pensar entendi entendo saber sei sabe consigo consegue conseguimos
    conta dinheiro grana trabalho emprego casa carro porta chaves chave perdi agua teto rua endereco consulta pedido pacote
    numero telefone celular mensagem mensagens recado correio errado errada semana mes ano segunda terca quarta quinta sexta
    sabado domingo janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro
    dono gerente esposa marido mulher filho filha irmao irma mae pai familia amigo amiga senhor senhora
    ajuda ajudar feliz aniversario parabens natal abraco beijo beijos bjs bjo
    cara mano legal beleza blz bora massa show tranquilo falou flw demais kd cade td tds hj amnh msg dps mto mt aki eh
    algo nada ninguem alguem tudo todo toda todos todas outro outra outros cada mesmo assim melhor pior cedo
    novo embora entao enquanto ate desde sobre entre sem com para pra pro
    funciona funcionando funcionam arrumado arrumar arrumou quebrado quebrada quebrou vazamento aquecedor elevador estacionamento
    esperando espero esperar demora demorar confirma confirmar cancelo cancelar aceita aceitam cartao recebi recebido receber
    golpe divida assinatura senha combinado certo certeza igualmente fixe autocarro telemovel foi mal troquei
    gostei adorei saudade saudades trouxe traz trazer busco buscar
  `,
  likely: `
    o de que me te lhe nos se em como tanto parte pessoa problema hora horas preco valor metade pra abre abrem abrir
    ver vi novo nova primeiro primeira dois duas tres quatro cinco seis sete oito nove dez quinze documentos deles dele dela
    interesse amo recusado pagamento apartamento disponivel copia contato entrar andamento reconheco
  `,
  faint: `a q k n no la fim seja solicitacao final aviso`,
}

/** Of languages that are none of the three, so that these are not mistaken for one of them. */
export const others: Words = {
  sure: `
    je tu vous nous ils elle elles suis etes sommes sont cest nest jai pas ne bonjour bonsoir salut merci beaucoup oui est votre
    notre mon ton avec pour dans chez mais ou etre avoir fait faire aujourdhui demain hier maintenant quand pourquoi comment
    les des une au aux du sur rien tres bien toujours jamais avez avons peux peut veux rendez colis loyer
    ich du er sie wir ihr ist sind bin nicht kein keine und oder aber mein meine dein das der die den dem ein eine einen wann wo wer
    wie warum danke bitte guten morgen abend tag hallo heute gestern ja nein kommt komme haben habe kann mit fur auf von zu um
    io lui lei noi voi sono sei siamo non ciao grazie mille buongiorno buonasera prego scusa dove quando perche che chi il lo gli
    della delle nel questo questa domani oggi ieri posso vengo arriva pacco anche molto bene stai sto come cosa
    mwen ou li nou yo pa ka ap te bonjou bonswa mesi anpil kijan kote poukisa jodi demen vini
    ik jij je het een van niet wat dank morgen vandaag bent wel graag
    jest nie tak dziekuje prosze dzien dobry rozumiem jestem bardzo
    salamat po opo kumusta nandito ako ikaw siya hindi naman lang na ko ka sa ang ng mga
    terima kasih saya anda tidak banyak selamat pagi di jalan yang apa
    asante sana niko habari ndiyo hapana jambo tafadhali
    tesekkurler merhaba evet hayir zaman gelecek nasil tamam
    tack takk mycket hej inte jag ar och kiitos paljon moi
    multumesc frumos unde esti buna sunt este sau
    cam ban toi khong den se
  `,
  likely: "",
  faint: "non",
}
