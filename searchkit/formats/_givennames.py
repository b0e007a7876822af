"""Given names that many people bear: what tells a person's name from other words in capitals where little else does."""

from __future__ import annotations

import re

from searchkit.analysis import words

# As `words` folds them: without case and accents.
_TABLE = """
aaron abigail adam adrian aidan alan albert alex alexander alexandra alexis alfred alice alison allison alyssa amanda
amber amelia amy andrea andrew andy angela ann anna anne annie anthony april arthur ashley audrey austin barbara barry
beatrice becky ben benjamin bernard beth betty beverly bill billy blake bob bobby bonnie brad bradley brandon brenda
brendan brian bruce bryan caitlin caleb cameron carl carla carol caroline carolyn catherine cathy charles charlie
charlotte chelsea cheryl chloe chris christian christina christine christopher cindy claire clara colin connor
courtney craig crystal cynthia daisy dale dan daniel danielle danny darren dave david dawn dean deborah debra denise
dennis derek diana diane dominic don donald donna dorothy doug douglas duncan dylan ed eddie edith edward edwin eileen
elaine eleanor elena eli elijah elizabeth ella ellen ellie emily emma eric erica erin ethan eugene eva evan eve evelyn
fiona florence frances francis frank fred frederick gabriel gabriella gareth gary gavin gemma geoff geoffrey george
gerald gina glenn gloria gordon grace graham grant greg gregory guy hailey hannah harold harriet harry hayley heather
helen henry holly howard hugh ian irene isaac isabel isabella isabelle ivan jack jackie jackson jacob jacqueline jade
jake james jamie jan jane janet janice jared jasmine jason jay jean jeff jeffrey jen jennifer jenny jeremy jerry jesse
jessica jill jim jimmy joan joanna joanne joe joel john johnny jon jonathan jordan joseph josh joshua joyce juan
judith judy julia julian julie justin karen karl kate katherine kathleen kathryn kathy katie kay kayla keith kelly ken
kenneth kerry kevin kim kimberly kirsten kristen kyle lara larry laura lauren laurie lawrence leah lee leo leon
leonard leslie lewis liam lillian lily linda lindsay lindsey lisa liz logan lois lori louis louise lucas lucy luke
lydia lynn madeleine madison malcolm marc marcus margaret maria marie marilyn mark martha martin marvin mary mason
mathew matt matthew maureen max megan melanie melissa mia michael michelle miguel mike mitchell molly monica morgan
nancy naomi natalie nathan nathaniel neil nicholas nick nicola nicole nigel nina noah nora norman oliver olivia oscar
owen paige pamela patricia patrick paul paula pauline penny peter phil philip phillip phoebe phyllis rachel ralph
randy ray raymond rebecca reginald rhys ricardo richard rick riley rita rob robert roberta robin rodney roger roland
ron ronald rory rosa rose rosemary ross roy russell ruth ryan sally sam samantha samuel sandra sara sarah scott sean
sebastian seth shane shannon sharon shaun shawn sheila shirley sidney simon sofia sophia sophie spencer stacey stanley
stella stephanie stephen steve steven stewart stuart sue susan suzanne sydney sylvia tamara tanya tara taylor ted
teresa terry theodore theresa thomas tiffany tim timothy tina toby todd tom tommy tony tracy travis trevor tyler
valerie vanessa vera vernon veronica vicky victor victoria vincent virginia vivian walter warren wayne wendy wesley
wilfred will william zachary zoe

achim adelheid agnes agneta albrecht alfons alina alois anders andreas angelika anja anke anneke annette annika antje
anton armin arne arno asa astrid august axel babette bas bastian beate bernd bernhard bert berthold bettina bianca
birgit birgitta birgitte bjarne bjorn bodo bram britta bruno burkhard carina carolin carsten christa christel
christiane christof christoph claas claudia claus clemens conny corinna cornelia daan dagmar daniela detlef dieter
dietmar dietrich dirk dominik doris eckhard edda edeltraud edgar egon eivind ekkehard elfriede elias elin elisabeth
elke elmar emil emilia erhard erich erik erika erling ernst erwin esther eugen fabian falk felix ferdinand finn
florian franz franziska frida frieda friederike friedhelm friedrich fritz gabi gabriele geert georg gerd gerda gerhard
gernot gerrit gert gertrud gisela gottfried gregor gudrun guido gunilla gunnar gunter gunther gustav hakan hanna hanne
hannelore hannes hans harald hartmut hedwig heide heidi heike heiko heiner heinrich heinz helene helga helge helmut
hendrik henk henning henrik herbert heribert hermann hilde hildegard holger horst hubert hugo inga inge ingeborg ingo
ingrid ingvar irina iris irma isabell jaap jakob janina jannik jens jeroen jesper joachim jochen joerg johan johann
johanna johannes jonas joost jorg jorn josef judit juergen jule juliane julius jurgen jutta kai karin karla karoline karsten
katharina kathrin katja katrin kerstin kilian kjell klara klaus knut koen konrad konstantin kornelia kristian kristin
kristina kurt lars lasse lea lena lene lennard lennart leonie liesel lina linus lorenz lothar lotte ludger ludwig
luisa lukas lutz maarten magdalena magnus maike maja malte mandy manfred manuela mareike maren margarete margit margot
marianne marieke marina marion marit marius marko marlene marten mathias mathilda mats matthias maximilian meike merle
mette michaela mieke mikael mirja mirjam mona monika moritz morten nadine nadja natascha nele niclas niels niklas nils
norbert olaf ole olga oskar otto pascal per pernille petra philipp pia piet pieter rainer ralf ramona raphael rasmus
rebekka regina regine reiner reinhard reinhold renate rene rico rolf roman ronny rosemarie rudiger rudolf rupert
ruprecht ruud sabine sabrina sander sascha siegfried sigrid sigurd silke silvia simone sjoerd soeren sonja soren
stefan stefanie steffen steffi sten stig susanne svein sven svenja sybille tanja thea theo thilo thorben thorsten tilo
tobias tomas torben torsten tove udo ulf ulla ulrich ulrike ursula ute uwe valentin verena viktor viktoria viola
volker waldemar waltraud werner wiebke wilfried wilhelm willi wim winfried wolf wolfgang wolfram wouter yvonne

abel adele adriana adrien afonso agathe alain alberta alberto alejandra alejandro alessandra alessandro alessia
alfonso alfredo alicia aline alonso alvaro ambra amelie amparo ana anais andre andres angel antoine antonella antonio
ariel armando arnaud arturo aurelie aurelien baptiste bastien beatriz belen benito benoit beppe bernadette bernardo
bertrand blanca brigitte bruna caio camila camille camilo carlo carlos carmen carolina catalina cecile celine cesar
chantal charlene chiara cinzia claudio clement clementine colette consuelo corinne corrado cristiano cristina cyril
damien daniele dario davide debora delphine denis didier diego dolores domenico dominique donatella edgardo edoardo
edson eduardo eleonora eliane elisa elisabetta elodie eloise emanuela emanuele emile emilie emilio emmanuel emmanuelle
enrica enrico enrique enzo ernesto esteban estela etienne ettore eugenia eugenio fabien fabio fabiola fabrice fabrizio
federica federico felipe fernanda fernando fidel filippo flavia flavio francesca francesco francisca francisco franco
francois francoise frederic gabriela gael genevieve georges gerard gerardo german giacomo gian gianfranco gianluca
gianni gilberto gilles gilson giorgia giorgio giovanna giovanni giulia giuliano giulio giuseppe gonzalo graciela
gregorio guadalupe guillaume guillermo gustavo gwenaelle hector henri henrique hernan herve hilda horacio hugues
humberto ignacio ilaria ines inmaculada isidro ismael jacques jaime javier jeanne jerome jesus joana joao joaquin
joelle jorge jose josefina josephine juana julien juliette julio laetitia laurence laurent leandro leonardo leonel
leticia lidia lorena lorenzo lourdes luana luca lucia luciana luciano ludovic luigi luis luiz luz macarena maddalena
manolo manon manuel marcela marcello marcelo marcia marcio marco marcos margarita margaux mariana mariane mariangela
mariano maricarmen marine mario marisol marta martina martine massimiliano massimo mateo mathieu mathilde matias
matteo matthieu mauricio maurizio mauro maxime mercedes micaela michel michela michele milagros mireille mirella
monique montserrat muriel natalia nathalie nestor nicolas nicoletta noelia noemie octavio odile olivier ophelie
orlando ornella osvaldo pablo paloma paola paolo pascale patrice patricio patrizia paulo pedro philippe piero pierre
pietro pilar priscila quentin rafael rafaela raffaele raffaella ramiro ramon raphaelle raul regis remi remy renata
renato renaud riccardo roberto rocio rodolfo rodrigo rogelio rogerio rolando romain rosario rossella ruben salvador
salvatore sandrine sandro santiago sebastien serena serge sergio severine silvana silvina silvio simona solange
soledad stefania stefano stephane susana sylvain sylvie tania thais thiago thibault thierry tiago tiziana tommaso
umberto valentina valentine valeria vanda veronique vicente vincenzo vinicius violeta virginie vitor vittoria vittorio
viviana xavier ximena yann yannick yolanda yves yvette

agnieszka aleksander aleksandr aleksandra aleksey alexei alexey anastasia andras andrei andrej andrzej aneta antti
attila balazs bartosz bela bogdan boris branko cristian csaba dariusz dejan dimitris dmitri dmitry dragan dusan eero
eszter ewa ferenc florin gabor galina gheorghe giannis giorgos goran grigory grzegorz gyorgy halina heikki igor ilya
ioana ion istvan ivana iwona jacek jakub janos janusz jari jaroslav jerzy jiri jolanta jozef juha jukka justyna kari
karolina katalin katarzyna katerina kateryna kirsi konstantinos kostas krzysztof ksenia larisa laszlo leszek ljubomir
lubomir maciej magda malgorzata marcin marek mariusz martyna mateusz matti michal mihaela mihai mika mikhail mikko
mila milan milena milos minna miroslav mladen natalya natasha nikita nikola nikolai nikolaos nikolay nikos oksana oleg
oleksandr ondrej paavo panagiotis patryk pavel pawel pekka petar piotr pirjo przemyslaw radek radoslaw radu rafal
razvan ryszard sandor sari sergei sergey slawomir sorin spyros stanislav stanislaw stavros svetlana szymon tadeusz
tamas tapio tatiana tatyana tiina timo tomasz tomislav urszula vaclav vasily ville vlad vladimir vojtech volodymyr
wojciech yannis yulia yuri zbigniew zdenek zoltan zoran zsolt zuzana

abdul abdullah abdulrahman abebe abhishek adama adel aditya adnan agus ahmad ahmed aisha ajay akash akira akram ali
alireza amina aminata amir amira amit amitabh anand anh anil anita anjali ankit anwar arjun arun arvind asha ashok
asuka avi ayelet ayman ayse azadeh aziz babacar basma bassam bilal budi chidi chinedu dalia deepa deepak deniz dewi
dina dinesh divya dov ehud elif emeka emre eyal fadi fahad farah farhad farid fatemeh fatima fatma fatou gaurav
ghassan gideon gita golan habib hadi haider hala hamid hamza hana harish haruki hasan hassan hiroshi hoang hossein
huong huseyin hussein ibrahim ifeoma imad iman ismail itai itamar jamal jamila jing jun kamal karim kavita kazim kazuo
keiko kenji khaled khalid kiran kofi krishna kwame laila lakshmi lamia lan latifa layla lei leila li linh mahesh
mahmoud mahmud majid makoto mamadou manish manoj mansour maryam meena mehdi mehmet mei ming minh mohamed mohammad
mohammed mohan moshe mostafa moussa muhammad mukesh munir murat musa mustafa nabil nada nadia naoko naser nasser
naveen neha ngozi nguyen nikhil nitin nkechi noam noor nour ofer omar omer oren osama osman ousmane pankaj pooja
pradeep prakash pranav prasad priya priyanka raghav rahul raj rajesh rajiv rakesh ram ramesh rami rana rania rasha
ravi reem rekha reza riad rohan rohit ronen sachin sahar said salah saleh salim salma samba sami samir samira sandeep
sangeeta sanjay santosh satoshi selim shadi shahram shira shivani shlomo shyam sinan siti sneha sonia sri srinivas
sunil sunita suresh swati takashi tamer tarek tariq tarun thabo thanh thi tran tuan uma umut uri usama vijay vikas
vikram vinod vishal vivek wael walid wei xiao yael yair yan yasmin yasser yehuda ying yoko yossi yousef youssef yu
yuki yuko yusuf zahra zaid zainab zeynep ziad
"""
"""English; German, Dutch, Scandinavian; French, Spanish, Portuguese, Italian; Slavic, Hungarian, Romanian, Greek, Finnish;
Turkish, Persian, Arabic, Hebrew, African, Asian."""
_GIVEN_NAMES = frozenset(_TABLE.split())
_TITLES = frozenset(["dipl", "dr", "mag", "mr", "mrs", "ms", "prof", "professor", "sir"])
_INITIAL = re.compile(r"(?:[A-Z]\.\s?){1,3}[A-ZÀ-ÖØ-Þ]\w")


def has_given_name(name: str) -> bool:
    """Whether the first word of a name, a title like `Dr.` aside, is a given name in use or an initial."""
    if _INITIAL.match(name):
        return True
    said = [word for word in words(name.replace("-", " ")) if word not in _TITLES]
    return len(said) > 1 and said[0] in _GIVEN_NAMES
